//! Calls over an encrypted connection.
//!
//! The certificate is good for 127.0.0.1 until 2126, by an authority whose key was thrown away.

use std::{env, path::PathBuf};

use tributary_gateway::{caller::CallError, Tls};

use crate::support::*;

fn file(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/gateway/tls");
    folder.join(name)
}

async fn encrypted() -> Running {
    Running::with(|configuration| {
        configuration.tls = Some(Tls {
            certificate: file("certificate.pem"),
            key: file("key.pem"),
        });
    })
    .await
}

/// In a process of its own, since whom to trust is said to all of it.
#[test]
fn a_call_is_encrypted_and_paid() {
    env::set_var("SSL_CERT_FILE", file("authority.pem"));
    let runtime = tokio::runtime::Runtime::new().expect("it starts");
    runtime.block_on(async {
        let running = encrypted().await;
        let caller = caller_at(
            running.directory.path(),
            &format!("https://{}", running.address),
            &[CHANNEL],
        );
        for number in 0..3 {
            let body = body(&number.to_string());
            let answered = caller.call(CHANNEL, PATH, &body, MOST, NOW).await;
            assert_eq!(answered.expect("it is covered").receipt.number, number);
        }
        let state = caller.state(CHANNEL).await.expect("it is known");
        assert_eq!(state["answered"]["calls"], 3);
        drop(caller);
        // Who does not encrypt has no answer.
        let plain = running.caller();
        let outcome = plain.call(CHANNEL, PATH, &body("plain"), MOST, NOW).await;
        assert!(matches!(outcome, Err(CallError::Lost(_))), "{outcome:?}");
        assert_eq!(running.model.asked(), 3);
    });
}

#[test]
fn a_host_that_nobody_vouches_for_is_not_called() {
    env::set_var("SSL_CERT_FILE", file("other-authority.pem"));
    let runtime = tokio::runtime::Runtime::new().expect("it starts");
    runtime.block_on(async {
        let running = encrypted().await;
        let caller = caller_at(
            running.directory.path(),
            &format!("https://{}", running.address),
            &[CHANNEL],
        );
        let outcome = caller.call(CHANNEL, PATH, &body("one"), MOST, NOW).await;
        assert!(matches!(outcome, Err(CallError::Lost(_))), "{outcome:?}");
        assert_eq!(running.model.asked(), 0);
    });
}

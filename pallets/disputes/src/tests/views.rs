use super::*;
use crate::Lost;

#[test]
fn views_say_what_is_there() {
    execute(|| {
        assert_eq!(Disputes::arbiters(), ARBITERS.to_vec());
        assert_eq!(Disputes::case(0), None);
        assert_eq!(Disputes::cases_of(MODEL), Vec::<CaseId>::new());
        assert_eq!(Disputes::bond_for(MODEL), Some(BOND));
        let id = open(ALICE);
        assert_eq!(Disputes::case(id).map(|case| case.plaintiff), Some(ALICE));
        assert_eq!(Disputes::cases_of(MODEL), [id]);
        wait(HEARING);
        close(id);
        assert_eq!(Disputes::case(id), None);
        assert_eq!(Disputes::cases_of(MODEL), Vec::<CaseId>::new());
        assert_eq!(Disputes::bond_for(MODEL), Some(2 * BOND));
    });
}

#[test]
fn the_bond_that_is_told_is_the_bond_that_is_held() {
    execute(|| {
        for lost in [0, 1, 6, 7, u32::MAX] {
            Lost::<Test>::insert(MODEL, lost);
            let told = Disputes::bond_for(MODEL);
            let id = open(ALICE);
            assert_eq!(Some(case(id).bond), told);
            wait(HEARING);
            close(id);
        }
    });
}

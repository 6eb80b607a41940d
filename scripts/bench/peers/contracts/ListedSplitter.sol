// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Splitter} from "./Splitter.sol";

/// Goes through all recipients when a payment comes in. The last one has what rounding leaves.
abstract contract ListedSplitter is Splitter {
    /// Fills one slot.
    struct Recipient {
        address account;
        uint96 weight;
    }

    Recipient[] private recipients;
    uint256 private total;

    function register(address[] calldata accounts, uint96[] calldata weights) external override onlyOwner {
        uint256 sum = total;
        for (uint256 i; i < accounts.length; ++i) {
            recipients.push(Recipient(accounts[i], weights[i]));
            sum += weights[i];
        }
        total = sum;
    }

    function pay() external payable override {
        unchecked {
            uint256 sum = total;
            uint256 left = msg.value;
            uint256 last = recipients.length - 1;
            for (uint256 i; i < last; ++i) {
                Recipient memory recipient = recipients[i];
                uint256 part = (msg.value * recipient.weight) / sum;
                left -= part;
                give(recipient.account, part);
            }
            give(recipients[last].account, left);
        }
        emit Paid(msg.sender, msg.value);
    }

    /// Gives a recipient its part of a payment.
    function give(address recipient, uint256 amount) internal virtual;
}

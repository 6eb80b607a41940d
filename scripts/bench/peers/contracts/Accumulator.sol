// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Splitter} from "./Splitter.sol";

/// Remembers how much came in since the beginning; each recipient claims its part of that, less what it had.
contract Accumulator is Splitter {
    /// Fills one slot.
    struct Share {
        uint96 weight;
        uint128 paid;
    }

    mapping(address => Share) private shares;
    // Both in one slot.
    uint128 private received;
    uint128 private total;

    function register(address[] calldata accounts, uint96[] calldata weights) external override onlyOwner {
        uint128 sum = total;
        for (uint256 i; i < accounts.length; ++i) {
            shares[accounts[i]].weight = weights[i];
            sum += weights[i];
        }
        total = sum;
    }

    function pay() external payable override {
        unchecked {
            received += uint128(msg.value);
        }
        emit Paid(msg.sender, msg.value);
    }

    function claim() external {
        unchecked {
            Share memory share = shares[msg.sender];
            uint256 due = (uint256(received) * share.weight) / total;
            uint256 amount = due - share.paid;
            shares[msg.sender].paid = uint128(due);
            send(msg.sender, amount);
            emit Claimed(msg.sender, amount);
        }
    }
}

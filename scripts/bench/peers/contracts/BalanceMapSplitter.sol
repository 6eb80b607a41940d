// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ListedSplitter} from "./ListedSplitter.sol";

/// Adds to every recipient's balance when a payment comes in; each claims its own.
contract BalanceMapSplitter is ListedSplitter {
    mapping(address => uint256) private balances;

    function give(address recipient, uint256 amount) internal override {
        unchecked {
            balances[recipient] += amount;
        }
    }

    function claim() external {
        uint256 amount = balances[msg.sender];
        balances[msg.sender] = 0;
        send(msg.sender, amount);
        emit Claimed(msg.sender, amount);
    }
}

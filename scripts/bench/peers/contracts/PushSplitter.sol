// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ListedSplitter} from "./ListedSplitter.sol";

/// Sends every recipient its part when a payment comes in. One that refuses blocks all.
contract PushSplitter is ListedSplitter {
    function give(address recipient, uint256 amount) internal override {
        send(recipient, amount);
    }
}

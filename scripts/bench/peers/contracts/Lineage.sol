// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// One model of a line: what comes in goes to the owner, but for a royalty that goes to the parent, which does the same.
contract Lineage {
    /// A payment or a royalty came in.
    event Paid(address indexed payer, uint256 amount);

    /// Owner or parent refused its money.
    error NotPaid();

    address private immutable owner;
    Lineage private immutable parent;
    /// In billionths.
    uint256 private immutable rate;

    constructor(address owner_, Lineage parent_, uint256 rate_) {
        owner = owner_;
        parent = parent_;
        rate = rate_;
    }

    function pay() external payable {
        unchecked {
            uint256 left = msg.value;
            if (address(parent) != address(0)) {
                uint256 royalty = (msg.value * rate) / 1e9;
                left -= royalty;
                parent.pay{value: royalty}();
            }
            (bool ok,) = owner.call{value: left}("");
            if (!ok) revert NotPaid();
        }
        emit Paid(msg.sender, msg.value);
    }
}

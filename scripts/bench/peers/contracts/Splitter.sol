// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What the splitters have in common: their owner registers recipients with weights, money comes in by `pay`.
abstract contract Splitter {
    /// A payment came in.
    event Paid(address indexed payer, uint256 amount);
    /// A recipient asked for its money.
    event Claimed(address indexed recipient, uint256 amount);

    /// Only the owner registers recipients.
    error NotOwner();
    /// The recipient refused its money.
    error NotPaid(address recipient);

    address private immutable owner = msg.sender;

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner();
        _;
    }

    /// Adds recipients, before the first payment.
    function register(address[] calldata accounts, uint96[] calldata weights) external virtual;

    /// Splits what comes with it.
    function pay() external payable virtual;

    function send(address recipient, uint256 amount) internal {
        (bool ok,) = recipient.call{value: amount}("");
        if (!ok) revert NotPaid(recipient);
    }
}

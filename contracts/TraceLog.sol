// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {ITraceLog} from "./ITraceLog.sol";

/// @title The contract every anchored log lives in.
/// @notice See ITraceLog. There is no upgrade, no pause and no way to give a log a head that does not extend the
/// present one, for anybody.
/// @dev indexer/core/merkle.py holds the same algorithms; tests/contracts hold the two together.
contract TraceLog is ITraceLog, AccessControl {
    /// @dev `operator` to `closed` fill one slot, so that anchoring touches two.
    struct Entry {
        address operator;
        uint56 size; // below 2^53
        uint32 number; // an anchor a second lasts 136 years
        bool closed;
        bytes32 root;
        bytes32 logKey;
        address receiptKey;
        uint56 lastGood;
        bytes32 predecessor;
        bytes32 successor;
        uint64 opened; // only of a log with a past elsewhere
    }

    /// @notice May attest and dispute.
    bytes32 public constant REGULATOR_ROLE = keccak256("REGULATOR_ROLE");

    /// @notice The root of the tree without leaves, SHA-256 of nothing.
    bytes32 public constant EMPTY_ROOT = sha256("");

    uint256 private constant SIZE_LIMIT = 2 ** 53;
    uint256 private constant PROOF_LIMIT = 54;

    uint8 private constant AS_OPERATOR = 1;
    uint8 private constant AS_RECEIPT_KEY = 2;

    mapping(bytes32 log => Entry) private _logs;
    mapping(bytes32 log => mapping(address account => uint8)) private _served;

    /// @param admin Opens, rotates and closes logs, and grants roles.
    /// @param regulator Attests and disputes.
    constructor(address admin, address regulator) {
        if (admin == address(0) || admin == regulator) revert TraceLogRolesNotSeparate(admin);
        if (regulator == address(0)) revert TraceLogRolesNotSeparate(regulator);
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(REGULATOR_ROLE, regulator);
    }

    /// @inheritdoc ITraceLog
    function open(
        string calldata origin,
        address operator,
        bytes32 logKey,
        address receiptKey,
        uint64 size,
        bytes32 root,
        bytes32 predecessor
    ) external onlyRole(DEFAULT_ADMIN_ROLE) returns (bytes32 log) {
        if (bytes(origin).length == 0) revert TraceLogIncomplete();
        log = keccak256(bytes(origin));
        Entry storage entry = _logs[log];
        if (entry.operator != address(0)) revert TraceLogExists(log);
        _checkParties(operator, logKey, receiptKey);
        _checkBeginning(log, size, root, predecessor);
        _appoint(log, operator, logKey, receiptKey);
        entry.size = uint56(size);
        entry.root = root;
        entry.predecessor = predecessor;
        emit Opened(log, origin, operator, logKey, receiptKey, size, root, predecessor);
        if (size > 0) {
            entry.number = 1;
            entry.opened = size;
            emit Anchored(log, 1, 0, size, root);
        }
    }

    /// @inheritdoc ITraceLog
    function anchor(bytes32 log, uint64 size, bytes32 root, bytes32[] calldata proof) external {
        Entry storage entry = _logs[log];
        address operator = entry.operator;
        uint64 oldSize = entry.size;
        bytes32 oldRoot = entry.root;
        if (operator == address(0)) revert TraceLogUnknown(log);
        if (entry.closed) revert TraceLogClosed(log);
        if (msg.sender != operator) revert TraceLogNotOperator(log, msg.sender);
        if (size == oldSize && root == oldRoot) return;
        if (size <= oldSize) revert TraceLogNotGrowing(log, oldSize, size);
        if (size >= SIZE_LIMIT) revert TraceLogTooLarge(size);
        if (proof.length > PROOF_LIMIT) revert TraceLogProofTooLong(proof.length);
        if (!_extends(oldSize, oldRoot, size, root, proof)) revert TraceLogInconsistent(log, oldSize, size);
        uint32 number = entry.number + 1;
        entry.size = uint56(size);
        entry.number = number;
        entry.root = root;
        emit Anchored(log, number, oldSize, size, root);
    }

    /// @inheritdoc ITraceLog
    function rotate(bytes32 log, address operator, bytes32 logKey, address receiptKey)
        external
        onlyRole(DEFAULT_ADMIN_ROLE)
    {
        _running(log);
        _checkParties(operator, logKey, receiptKey);
        _appoint(log, operator, logKey, receiptKey);
        emit Rotated(log, operator, logKey, receiptKey);
    }

    /// @inheritdoc ITraceLog
    function close(bytes32 log, uint64 lastGood, bytes32 successor) external onlyRole(DEFAULT_ADMIN_ROLE) {
        Entry storage entry = _running(log);
        if (lastGood > entry.size) revert TraceLogNotAnchored(log, lastGood);
        if (successor == log) revert TraceLogExists(log);
        entry.closed = true;
        entry.lastGood = uint56(lastGood);
        entry.successor = successor;
        emit Closed(log, lastGood, successor);
    }

    /// @inheritdoc ITraceLog
    function attest(bytes32 log, uint64 size, bytes32 root) external onlyRole(REGULATOR_ROLE) {
        Entry storage entry = _known(log);
        if (size > entry.size || (size == entry.size && root != entry.root)) revert TraceLogNotAnchored(log, size);
        emit Attested(log, size, root, msg.sender);
    }

    /// @inheritdoc ITraceLog
    function dispute(bytes32 log, uint64 size, string calldata reason) external onlyRole(REGULATOR_ROLE) {
        _known(log);
        emit Disputed(log, size, reason, msg.sender);
    }

    /// @inheritdoc ITraceLog
    function head(bytes32 log) external view returns (uint64 number, uint64 size, bytes32 root) {
        Entry storage entry = _known(log);
        return (entry.number, entry.size, entry.root);
    }

    /// @inheritdoc ITraceLog
    function logOf(bytes32 log) external view returns (LogState memory state) {
        Entry storage entry = _known(log);
        return LogState({
            operator: entry.operator,
            logKey: entry.logKey,
            receiptKey: entry.receiptKey,
            number: entry.number,
            size: entry.size,
            root: entry.root,
            closed: entry.closed,
            lastGood: entry.lastGood,
            predecessor: entry.predecessor,
            successor: entry.successor,
            opened: entry.opened
        });
    }

    /// @inheritdoc ITraceLog
    function served(bytes32 log, address account) external view returns (bool asOperator, bool asReceiptKey) {
        uint8 parts = _served[log][account];
        return (parts & AS_OPERATOR != 0, parts & AS_RECEIPT_KEY != 0);
    }

    /// @inheritdoc ITraceLog
    function includes(bytes32 log, bytes32 leafHash, uint64 index, bytes32[] calldata path)
        external
        view
        returns (bool)
    {
        Entry storage entry = _known(log);
        uint256 size = entry.size;
        if (index >= size) return false;
        uint256 node = index;
        uint256 last = size - 1;
        bytes32 hash = leafHash;
        // RFC 9162 section 2.1.3.2.
        for (uint256 i = 0; i < path.length; ++i) {
            if (last == 0) return false;
            if (node & 1 == 1 || node == last) {
                hash = _node(path[i], hash);
                while (node & 1 == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                hash = _node(hash, path[i]);
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && hash == entry.root;
    }

    /// @dev Give a log its parties, and remember them for those who read what they signed once.
    function _appoint(bytes32 log, address operator, bytes32 logKey, address receiptKey) private {
        Entry storage entry = _logs[log];
        entry.operator = operator;
        entry.logKey = logKey;
        entry.receiptKey = receiptKey;
        _served[log][operator] |= AS_OPERATOR;
        _served[log][receiptKey] |= AS_RECEIPT_KEY;
    }

    /// @dev Find a log, ended or not.
    function _known(bytes32 log) private view returns (Entry storage entry) {
        entry = _logs[log];
        if (entry.operator == address(0)) revert TraceLogUnknown(log);
    }

    /// @dev Find a log that has not ended.
    function _running(bytes32 log) private view returns (Entry storage entry) {
        entry = _known(log);
        if (entry.closed) revert TraceLogClosed(log);
    }

    /// @dev Whoever anchors neither administers nor regulates.
    function _checkParties(address operator, bytes32 logKey, address receiptKey) private view {
        if (operator == address(0) || hasRole(DEFAULT_ADMIN_ROLE, operator) || hasRole(REGULATOR_ROLE, operator)) {
            revert TraceLogRolesNotSeparate(operator);
        }
        if (logKey == 0 || receiptKey == address(0)) revert TraceLogIncomplete();
    }

    /// @dev A log with a past must say whose.
    function _checkBeginning(bytes32 log, uint64 size, bytes32 root, bytes32 predecessor) private view {
        if (size >= SIZE_LIMIT) revert TraceLogTooLarge(size);
        bool good = size == 0 ? root == EMPTY_ROOT : predecessor != 0;
        if (good && predecessor != 0 && predecessor != log) {
            Entry storage before = _known(predecessor);
            good = before.closed && size <= before.lastGood;
        }
        if (!good) revert TraceLogBadBeginning(log, size, predecessor);
    }

    /// @dev RFC 9162 section 2.1.4.2. `size` > `oldSize`; everything extends the empty log, and needs no proof.
    function _extends(uint64 oldSize, bytes32 oldRoot, uint64 size, bytes32 root, bytes32[] calldata proof)
        private
        view
        returns (bool)
    {
        if (oldSize == 0) return proof.length == 0;
        if (proof.length == 0) return false;
        uint256 node = oldSize - 1;
        uint256 last = size - 1;
        while (node & 1 == 1) {
            node >>= 1;
            last >>= 1;
        }
        // An old log of 2^k leaves is a subtree of the new one: the proof leaves its root out.
        uint256 next = node == 0 ? 0 : 1;
        bytes32 oldHash = node == 0 ? oldRoot : proof[0];
        bytes32 newHash = oldHash;
        for (; next < proof.length; ++next) {
            if (last == 0) return false;
            bytes32 step = proof[next];
            if (node & 1 == 1 || node == last) {
                oldHash = _node(step, oldHash);
                newHash = _node(step, newHash);
                while (node & 1 == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                newHash = _node(newHash, step);
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && oldHash == oldRoot && newHash == root;
    }

    /// @dev H(01 ‖ left ‖ right) through the precompile at address 2. Written by hand because Solidity's sha256 copies
    /// its argument twice. The result must be 32 bytes: a call to an empty address would succeed with none.
    function _node(bytes32 left, bytes32 right) private view returns (bytes32 hash) {
        bool done;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, 1)
            mstore(add(free, 1), left)
            mstore(add(free, 33), right)
            done := staticcall(gas(), 2, free, 65, 0, 32)
            done := and(done, eq(returndatasize(), 32))
            hash := mload(0)
        }
        if (!done) revert TraceLogNoSha256();
    }
}

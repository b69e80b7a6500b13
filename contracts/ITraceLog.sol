// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The heads of append-only logs, each anchored only as an extension of the one before.
/// @notice A log is an RFC 9162 Merkle tree over SHA-256. A reader who trusts this contract's code needs to trust no
/// operator about the past: whatever was under an anchored root is under every later one.
/// @dev A log is named by keccak256 of its origin, the first line of its checkpoints. Sizes count leaves and stay
/// below 2^53, so that every reader's numbers hold them exactly.
interface ITraceLog {
    /// @notice All that is kept about one log.
    struct LogState {
        /// The account that may anchor.
        address operator;
        /// The Ed25519 public key under which checkpoints are signed.
        bytes32 logKey;
        /// The account whose key signs receipts.
        address receiptKey;
        /// How many anchors there were; 0 before the first.
        uint64 number;
        /// How many leaves the head covers.
        uint64 size;
        /// The tree's root at that size.
        bytes32 root;
        /// Whether the log has ended.
        bool closed;
        /// Once closed, the largest size that still counts.
        uint64 lastGood;
        /// The log this one carries on; itself if it came from elsewhere, 0 if it began empty.
        bytes32 predecessor;
        /// Once closed, the log that carries it on; 0 if none was named.
        bytes32 successor;
        /// How many leaves it had when it was opened here; 0 for a log without a past elsewhere.
        uint64 opened;
    }

    /// @notice A log began, or began here after it was carried on.
    event Opened(
        bytes32 indexed log,
        string origin,
        address operator,
        bytes32 logKey,
        address receiptKey,
        uint64 size,
        bytes32 root,
        bytes32 predecessor
    );

    /// @notice The log was shown to extend its head and has a new one. `number` is without gaps from 1. The first anchor
    /// of a log that carries on a past is its opening, so that the past lies under an anchor of this chain at once.
    event Anchored(bytes32 indexed log, uint64 indexed number, uint64 oldSize, uint64 size, bytes32 root);

    /// @notice Operator, log key and receipt key are now these.
    event Rotated(bytes32 indexed log, address operator, bytes32 logKey, address receiptKey);

    /// @notice The log ended; anchors above `lastGood` do not count.
    event Closed(bytes32 indexed log, uint64 lastGood, bytes32 successor);

    /// @notice The regulator `by` recomputed the log from its leaves and found this root at this size.
    event Attested(bytes32 indexed log, uint64 size, bytes32 root, address indexed by);

    /// @notice The regulator `by` objects to the log at this size.
    event Disputed(bytes32 indexed log, uint64 size, string reason, address indexed by);

    /// @notice Administrator, regulator and operator must be different accounts, and none of them zero.
    error TraceLogRolesNotSeparate(address account);

    /// @notice There is no log of this name.
    error TraceLogUnknown(bytes32 log);

    /// @notice There is a log of this name already.
    error TraceLogExists(bytes32 log);

    /// @notice The log has ended.
    error TraceLogClosed(bytes32 log);

    /// @notice An origin, a log key and a receipt key are needed.
    error TraceLogIncomplete();

    /// @notice A log begins empty, with the empty tree's root, unless it carries on `predecessor`: itself from
    /// elsewhere, or a log closed here, up to the size that still counts.
    error TraceLogBadBeginning(bytes32 log, uint64 size, bytes32 predecessor);

    /// @notice Only the log's operator anchors.
    error TraceLogNotOperator(bytes32 log, address account);

    /// @notice A new head must be larger than the present one.
    error TraceLogNotGrowing(bytes32 log, uint64 oldSize, uint64 size);

    /// @notice Sizes stay below 2^53.
    error TraceLogTooLarge(uint64 size);

    /// @notice No consistency proof below 2^53 leaves has more than 54 hashes.
    error TraceLogProofTooLong(uint256 length);

    /// @notice The proof does not show that the new log extends the anchored one.
    error TraceLogInconsistent(bytes32 log, uint64 oldSize, uint64 size);

    /// @notice The head does not reach this size, or has another root at it.
    error TraceLogNotAnchored(bytes32 log, uint64 size);

    /// @notice This chain has no working SHA-256 precompile.
    error TraceLogNoSha256();

    /// @notice Begin a log. Administrator only.
    /// @param origin The log's name, unique across deployments.
    /// @param operator The account that will anchor.
    /// @param logKey The Ed25519 key of its checkpoints.
    /// @param receiptKey The account of its receipts.
    /// @param size 0, or the size it is carried on from.
    /// @param root The tree's root at that size; H("") for 0.
    /// @param predecessor 0 for a log that begins empty; the log's own name if it is carried on from a lost chain or
    /// an earlier contract; otherwise a closed log of this contract.
    /// @return log The log's name here, keccak256 of the origin.
    function open(
        string calldata origin,
        address operator,
        bytes32 logKey,
        address receiptKey,
        uint64 size,
        bytes32 root,
        bytes32 predecessor
    ) external returns (bytes32 log);

    /// @notice Give a log its next head. Operator of the log only. The present head again succeeds without effect, so
    /// that sending twice does no harm.
    /// @param log The log.
    /// @param size The number of leaves now.
    /// @param root The tree's root now.
    /// @param proof The RFC 9162 section 2.1.4 consistency proof from the present head; empty from an empty log.
    function anchor(bytes32 log, uint64 size, bytes32 root, bytes32[] calldata proof) external;

    /// @notice Replace a log's operator and keys. Administrator only.
    /// @param log The log.
    /// @param operator The account that will anchor.
    /// @param logKey The Ed25519 key of its checkpoints.
    /// @param receiptKey The account of its receipts.
    function rotate(bytes32 log, address operator, bytes32 logKey, address receiptKey) external;

    /// @notice End a log. Administrator only.
    /// @param log The log.
    /// @param lastGood The largest size that still counts.
    /// @param successor The log that carries it on, which may open later; 0 for none.
    function close(bytes32 log, uint64 lastGood, bytes32 successor) external;

    /// @notice State that the log was recomputed from its leaves. Regulator only.
    /// @param log The log.
    /// @param size At most the head's size; at that size the root must be the head's.
    /// @param root The root that was recomputed.
    function attest(bytes32 log, uint64 size, bytes32 root) external;

    /// @notice Object to a log, at any size and even after it ended. Regulator only.
    /// @param log The log.
    /// @param size The size objected to.
    /// @param reason Why, in words.
    function dispute(bytes32 log, uint64 size, string calldata reason) external;

    /// @notice Read a log's head.
    /// @param log The log.
    /// @return number How many anchors there were.
    /// @return size How many leaves the head covers.
    /// @return root The root at that size.
    function head(bytes32 log) external view returns (uint64 number, uint64 size, bytes32 root);

    /// @notice Read all that is kept about a log.
    /// @param log The log.
    /// @return state Its keys, head, and end.
    function logOf(bytes32 log) external view returns (LogState memory state);

    /// @notice Tell whether an account is or ever was a log's operator or its receipt key: what it signed then still
    /// stands after a rotation.
    /// @param log The log.
    /// @param account The account.
    /// @return asOperator Whether it was the operator.
    /// @return asReceiptKey Whether it was the receipt key.
    function served(bytes32 log, address account) external view returns (bool asOperator, bool asReceiptKey);

    /// @notice Tell whether a leaf is under the log's present head.
    /// @param log The log.
    /// @param leafHash H(00 ‖ leaf).
    /// @param index The leaf's place, from 0.
    /// @param path The RFC 9162 section 2.1.3 inclusion path at the head's size.
    /// @return Whether the path climbs to the head's root.
    function includes(bytes32 log, bytes32 leafHash, uint64 index, bytes32[] calldata path)
        external
        view
        returns (bool);
}

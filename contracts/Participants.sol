// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IParticipants} from "./IParticipants.sol";

/// @title The register of admitted participants and their keys.
/// @notice See IParticipants. Nothing is ever removed: a revoked key and a suspended participant stay on record.
contract Participants is IParticipants, AccessControl {
    struct Participant {
        string name;
        string creditCode;
        Status status;
        uint32 ownKeys; // active ones
    }

    struct Key {
        bytes16 participant;
        bool custodial;
        bool revoked;
        uint64 admittedBlock;
        uint64 nextSequence;
    }

    struct Recovery {
        address key;
        bool custodial;
        uint64 readyAt; // 0 until the regulator agrees
    }

    /// @notice Admits, adds and revokes keys, suspends and reinstates.
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");

    /// @notice Agrees to recoveries or ends them.
    bytes32 public constant REGULATOR_ROLE = keccak256("REGULATOR_ROLE");

    /// @notice How long a recovery stands open to objection.
    uint64 public constant RECOVERY_DELAY = 7 days;

    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant POSSESSION_TYPE = keccak256("Possession(bytes16 participant,address key)");
    bytes32 private constant ADDITION_TYPE = keccak256("Addition(bytes16 participant,address key,bool custodial)");

    mapping(bytes16 participant => Participant) private _participants;
    mapping(address key => Key) private _keys;
    mapping(bytes16 participant => Recovery) private _recoveries;

    /// @param admin Grants roles and does nothing else.
    /// @param registrar Keeps the register.
    /// @param regulator Must agree to recoveries.
    constructor(address admin, address registrar, address regulator) {
        if (admin == address(0) || admin == registrar) revert ParticipantsRolesNotSeparate(admin);
        if (registrar == address(0) || registrar == regulator) revert ParticipantsRolesNotSeparate(registrar);
        if (regulator == address(0) || regulator == admin) revert ParticipantsRolesNotSeparate(regulator);
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(REGISTRAR_ROLE, registrar);
        _grantRole(REGULATOR_ROLE, regulator);
    }

    /// @inheritdoc IParticipants
    function admit(
        bytes16 participant,
        string calldata name,
        string calldata creditCode,
        address key,
        bool custodial,
        bytes calldata possession
    ) external onlyRole(REGISTRAR_ROLE) {
        Participant storage entry = _participants[participant];
        if (entry.status != Status.Unknown) revert ParticipantsExists(participant);
        if (participant == 0 || !_within(name, 256) || !_within(creditCode, 32)) revert ParticipantsIncomplete();
        entry.name = name;
        entry.creditCode = creditCode;
        entry.status = Status.Admitted;
        emit Admitted(participant, name, creditCode);
        _checkNewKey(participant, key, custodial, possession);
        _add(participant, key, custodial);
        emit KeyAdded(participant, key, custodial);
    }

    /// @inheritdoc IParticipants
    function addKey(
        bytes16 participant,
        address key,
        bool custodial,
        bytes calldata possession,
        bytes calldata consent
    ) external onlyRole(REGISTRAR_ROLE) {
        _checkStatus(participant, Status.Admitted);
        _checkNewKey(participant, key, custodial, possession);
        address signer = _signer(keccak256(abi.encode(ADDITION_TYPE, participant, key, custodial)), consent);
        Key storage voucher = _keys[signer];
        if (voucher.participant != participant || voucher.revoked) revert ParticipantsNoConsent(participant, key);
        _add(participant, key, custodial);
        emit KeyAdded(participant, key, custodial);
    }

    /// @inheritdoc IParticipants
    function requestRecovery(bytes16 participant, address key, bool custodial, bytes calldata possession)
        external
        onlyRole(REGISTRAR_ROLE)
    {
        _checkStatus(participant, Status.Admitted);
        _checkNewKey(participant, key, custodial, possession);
        _recoveries[participant] = Recovery({key: key, custodial: custodial, readyAt: 0});
        emit RecoveryRequested(participant, key, custodial, msg.sender);
    }

    /// @inheritdoc IParticipants
    function approveRecovery(bytes16 participant, address key) external onlyRole(REGULATOR_ROLE) {
        Recovery storage recovery = _recoveries[participant];
        if (key == address(0) || recovery.key != key || recovery.readyAt != 0) {
            revert ParticipantsNoRecovery(participant, key);
        }
        recovery.readyAt = uint64(block.timestamp) + RECOVERY_DELAY;
        emit RecoveryApproved(participant, key, recovery.readyAt, msg.sender);
    }

    /// @inheritdoc IParticipants
    function cancelRecovery(bytes16 participant) external {
        if (!hasRole(REGULATOR_ROLE, msg.sender)) _checkRole(REGISTRAR_ROLE);
        address key = _recoveries[participant].key;
        if (key == address(0)) revert ParticipantsNoRecovery(participant, key);
        delete _recoveries[participant];
        emit RecoveryCancelled(participant, key, msg.sender);
    }

    /// @inheritdoc IParticipants
    function completeRecovery(bytes16 participant) external onlyRole(REGISTRAR_ROLE) {
        Recovery memory recovery = _recoveries[participant];
        if (recovery.readyAt == 0) revert ParticipantsNoRecovery(participant, recovery.key);
        if (block.timestamp < recovery.readyAt) revert ParticipantsTooEarly(recovery.readyAt);
        delete _recoveries[participant];
        _checkStatus(participant, Status.Admitted);
        _checkFree(participant, recovery.key, recovery.custodial);
        _add(participant, recovery.key, recovery.custodial);
        emit KeyRecovered(participant, recovery.key, recovery.custodial);
    }

    /// @inheritdoc IParticipants
    function revoke(address key, uint64 nextSequence) external onlyRole(REGISTRAR_ROLE) {
        Key storage entry = _keys[key];
        if (entry.participant == 0 || entry.revoked) revert ParticipantsKeyNotActive(key);
        if (nextSequence >= 2 ** 53) revert ParticipantsSequenceTooLarge(nextSequence);
        entry.revoked = true;
        entry.nextSequence = nextSequence;
        if (!entry.custodial) --_participants[entry.participant].ownKeys;
        emit KeyRevoked(entry.participant, key, nextSequence);
    }

    /// @inheritdoc IParticipants
    function suspend(bytes16 participant) external onlyRole(REGISTRAR_ROLE) {
        _checkStatus(participant, Status.Admitted);
        _participants[participant].status = Status.Suspended;
        emit Suspended(participant);
    }

    /// @inheritdoc IParticipants
    function reinstate(bytes16 participant) external onlyRole(REGISTRAR_ROLE) {
        _checkStatus(participant, Status.Suspended);
        _participants[participant].status = Status.Admitted;
        emit Reinstated(participant);
    }

    /// @inheritdoc IParticipants
    function participantOf(bytes16 participant)
        external
        view
        returns (string memory name, string memory creditCode, Status status)
    {
        Participant storage entry = _participants[participant];
        return (entry.name, entry.creditCode, entry.status);
    }

    /// @inheritdoc IParticipants
    function keyOf(address key)
        external
        view
        returns (bytes16 participant, bool custodial, uint64 admittedBlock, bool revoked, uint64 nextSequence)
    {
        Key storage entry = _keys[key];
        return (entry.participant, entry.custodial, entry.admittedBlock, entry.revoked, entry.nextSequence);
    }

    /// @dev Record a key whose claims were checked. The caller emits which way it came.
    function _add(bytes16 participant, address key, bool custodial) private {
        _keys[key] = Key({
            participant: participant,
            custodial: custodial,
            revoked: false,
            admittedBlock: uint64(block.number),
            nextSequence: 0
        });
        if (!custodial) ++_participants[participant].ownKeys;
    }

    /// @dev A new key is free and shows that somebody holds it for this participant.
    function _checkNewKey(bytes16 participant, address key, bool custodial, bytes calldata possession) private view {
        _checkFree(participant, key, custodial);
        if (_signer(keccak256(abi.encode(POSSESSION_TYPE, participant, key)), possession) != key) {
            revert ParticipantsNoPossession(participant, key);
        }
    }

    /// @dev Nobody ever had this key, and a custodial one goes only to who has none of its own.
    function _checkFree(bytes16 participant, address key, bool custodial) private view {
        if (key == address(0) || _keys[key].participant != 0) revert ParticipantsKeyTaken(key);
        if (custodial && _participants[participant].ownKeys != 0) revert ParticipantsHasOwnKey(participant);
    }

    /// @dev The participant exists and stands as the caller needs it.
    function _checkStatus(bytes16 participant, Status wanted) private view {
        Status status = _participants[participant].status;
        if (status == Status.Unknown) revert ParticipantsUnknown(participant);
        if (status != wanted) revert ParticipantsWrongStatus(participant, status);
    }

    /// @dev Whether a text has something in it and at most `limit` bytes.
    function _within(string calldata text, uint256 limit) private pure returns (bool) {
        return bytes(text).length != 0 && bytes(text).length <= limit;
    }

    /// @dev Recover who signed an EIP-712 struct; zero for what is no signature. The domain is computed each time, so
    /// that the code on chain is byte for byte the published artifact.
    function _signer(bytes32 structHash, bytes calldata signature) private view returns (address signer) {
        bytes32 domain =
            keccak256(abi.encode(DOMAIN_TYPE, keccak256("Suyuan"), keccak256("1"), block.chainid, address(this)));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        (signer,,) = ECDSA.tryRecover(digest, signature);
    }
}

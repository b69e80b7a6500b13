// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who is admitted, under which name, and with which signing keys.
/// @notice Readers take the names they show and the keys they accept from here, never from a gateway.
/// @dev A participant is a UUID, 16 bytes. A key is the account of a secp256k1 key; it belongs to one participant for
/// ever, and once revoked never comes back. Signatures are EIP-712 under the domain {name "Suyuan", version "1",
/// chainId, verifyingContract}, r ‖ s ‖ v with low s.
interface IParticipants {
    /// @notice Where a participant stands.
    enum Status {
        Unknown,
        Admitted,
        Suspended
    }

    /// @notice A participant was admitted under this name and credit code.
    event Admitted(bytes16 indexed participant, string name, string creditCode);

    /// @notice A key now signs for the participant. Custodial: the platform holds it on the participant's behalf.
    event KeyAdded(bytes16 indexed participant, address indexed key, bool custodial);

    /// @notice The key no longer signs; submissions under it count up to, not including, `nextSequence`.
    event KeyRevoked(bytes16 indexed participant, address indexed key, uint64 nextSequence);

    /// @notice The registrar `by` asks to add a key that no key of the participant vouches for.
    event RecoveryRequested(bytes16 indexed participant, address indexed key, bool custodial, address by);

    /// @notice The regulator `by` agrees; the key can be added from `readyAt`, in seconds since 1970.
    event RecoveryApproved(bytes16 indexed participant, address indexed key, uint64 readyAt, address by);

    /// @notice The recovery ended without effect.
    event RecoveryCancelled(bytes16 indexed participant, address indexed key, address by);

    /// @notice A key now signs for the participant although no earlier key vouched for it.
    event KeyRecovered(bytes16 indexed participant, address indexed key, bool custodial);

    /// @notice Nothing new of the participant is accepted until it is reinstated.
    event Suspended(bytes16 indexed participant);

    /// @notice The participant is admitted again.
    event Reinstated(bytes16 indexed participant);

    /// @notice Administrator, registrar and regulator must be different accounts, and none of them zero.
    error ParticipantsRolesNotSeparate(address account);

    /// @notice There is no such participant.
    error ParticipantsUnknown(bytes16 participant);

    /// @notice There is such a participant already.
    error ParticipantsExists(bytes16 participant);

    /// @notice An id, a name of at most 256 bytes and a credit code of at most 32 bytes are needed.
    error ParticipantsIncomplete();

    /// @notice The participant is suspended, or is not.
    error ParticipantsWrongStatus(bytes16 participant, Status status);

    /// @notice The key is or was somebody's already.
    error ParticipantsKeyTaken(address key);

    /// @notice The key is nobody's, or was revoked.
    error ParticipantsKeyNotActive(address key);

    /// @notice The key itself did not sign that it belongs to the participant.
    error ParticipantsNoPossession(bytes16 participant, address key);

    /// @notice No active key of the participant signed for the new one.
    error ParticipantsNoConsent(bytes16 participant, address key);

    /// @notice Who has a key of its own gets no custodial one.
    error ParticipantsHasOwnKey(bytes16 participant);

    /// @notice Sequences stay below 2^53.
    error ParticipantsSequenceTooLarge(uint64 nextSequence);

    /// @notice No recovery of this key is under way, or not at this stage.
    error ParticipantsNoRecovery(bytes16 participant, address key);

    /// @notice The seven days are not over.
    error ParticipantsTooEarly(uint64 readyAt);

    /// @notice Admit a participant with its first key. Registrar only.
    /// @param participant Its UUID.
    /// @param name The name consumers see.
    /// @param creditCode Its unified social credit code, or what stands for it abroad.
    /// @param key Its first key.
    /// @param custodial Whether the platform holds that key.
    /// @param possession Possession(bytes16 participant,address key), signed by the key.
    function admit(
        bytes16 participant,
        string calldata name,
        string calldata creditCode,
        address key,
        bool custodial,
        bytes calldata possession
    ) external;

    /// @notice Add a key that an active key vouches for. Registrar only, so that a stolen key cannot breed others.
    /// @param participant The participant, not suspended.
    /// @param key The new key.
    /// @param custodial Whether the platform holds it; refused to who has a key of its own.
    /// @param possession Possession(bytes16 participant,address key), signed by the new key.
    /// @param consent Addition(bytes16 participant,address key,bool custodial), signed by an active key.
    function addKey(
        bytes16 participant,
        address key,
        bool custodial,
        bytes calldata possession,
        bytes calldata consent
    ) external;

    /// @notice Ask to add a key without consent of an earlier one. Registrar only; a new request replaces the last.
    /// @param participant The participant.
    /// @param key The new key.
    /// @param custodial Whether the platform holds it.
    /// @param possession Possession(bytes16 participant,address key), signed by the new key.
    function requestRecovery(bytes16 participant, address key, bool custodial, bytes calldata possession) external;

    /// @notice Agree to a recovery; the seven days begin. Regulator only.
    /// @param participant The participant.
    /// @param key The key that was asked for.
    function approveRecovery(bytes16 participant, address key) external;

    /// @notice End a recovery without effect. Registrar or regulator.
    /// @param participant The participant.
    function cancelRecovery(bytes16 participant) external;

    /// @notice Add the key after the seven days. Registrar only.
    /// @param participant The participant.
    function completeRecovery(bytes16 participant) external;

    /// @notice End a key for ever. Registrar only.
    /// @param key The key.
    /// @param nextSequence The first sequence that no longer counts.
    function revoke(address key, uint64 nextSequence) external;

    /// @notice Accept nothing new of a participant. Registrar only.
    /// @param participant The participant.
    function suspend(bytes16 participant) external;

    /// @notice End a suspension. Registrar only.
    /// @param participant The participant.
    function reinstate(bytes16 participant) external;

    /// @notice Read a participant; empty and Unknown if there is none.
    /// @param participant Its UUID.
    /// @return name The name consumers see.
    /// @return creditCode Its credit code.
    /// @return status Where it stands.
    function participantOf(bytes16 participant)
        external
        view
        returns (string memory name, string memory creditCode, Status status);

    /// @notice Read a key; participant 0 if it is nobody's.
    /// @param key The key.
    /// @return participant Whose it is.
    /// @return custodial Whether the platform holds it.
    /// @return admittedBlock The block in which it was added.
    /// @return revoked Whether it has ended.
    /// @return nextSequence Once revoked, the first sequence that no longer counts.
    function keyOf(address key)
        external
        view
        returns (bytes16 participant, bool custodial, uint64 admittedBlock, bool revoked, uint64 nextSequence);
}

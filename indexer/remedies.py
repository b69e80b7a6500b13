"""What a person should do about each finding, in the words of whoever has to: one table, Chinese and English.

A finding is not an accusation. The sentence says what is certain, then what to do next.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Remedy:
    """What a kind of finding means, and what to do about it."""

    zh: str
    en: str


REMEDIES = {
    "BODY_ALTERED": Remedy(
        "数据库中这条记录的内容与企业签名并上链的内容不同。请停止改动，保存数据库现场，从备份恢复原文，并查明谁改过。",
        "This record's content in the database is not what was signed and anchored. Stop changes, keep the "
        "database as it is for evidence, restore the original from a backup, and find out who changed it.",
    ),
    "LEAF_MISMATCH": Remedy(
        "数据库中的行或日志哈希与上链时不同（内容本身未变）。请从备份恢复这一行或这一块哈希。",
        "A row or a stored hash is not what it was when it was anchored, though the content is. Restore that "
        "row or tile from a backup.",
    ),
    "ROOT_MISMATCH": Remedy(
        "这一段日志算出的根与链上的根不符，而且数据库中没有任何一份能对上。请从备份或镜像恢复整段，再核对一次。",
        "This stretch of the log leads to another root than the chain holds, and nothing in the store fits. "
        "Restore the whole stretch from a backup or a mirror, then reconcile again.",
    ),
    "TILE_ALTERED": Remedy(
        "日志的哈希块被改动，叶子仍然正确。请由叶子重新计算并恢复这一块。",
        "A tile above the leaves was changed while the leaves are right. Recompute it from the leaves and "
        "restore it.",
    ),
    "RECORD_MISSING": Remedy(
        "链上证明曾有这条记录，数据库里已经没有。请从备份恢复；若无备份，须向登记企业索取原文并报告监管部门。",
        "The chain proves that there was such a record, and the store has it no more. Restore it from a "
        "backup; without one, ask the participant for the original and tell the regulator.",
    ),
    "STORE_REFILLED": Remedy(
        "数据库曾恢复到较旧的备份，其后的提交已由日志文件补回并与链上的根核对；原文、披露值和回执无法由日志补回。"
        "请查找更新的备份，向登记企业索取所缺记录的原文，并报告监管部门。",
        "The store was set back to an older backup; the submissions since were filled in from the log's files and "
        "held to the chain's root, but contents, disclosures and receipts cannot come from there. Look for a newer "
        "backup, ask the participants for the originals of the records that are missing, and tell the regulator.",
    ),
    "RECORD_UNLOGGED": Remedy(
        "这些数据没有进入日志，不能作为证据。若是平台延误，请查看定序程序；若来历不明，请查明是谁直接写入了数据库。",
        "This never entered the log and proves nothing. If the platform is late, look at its loop; if nobody "
        "knows where it came from, find out who wrote to the database directly.",
    ),
    "RECORD_UNSIGNED": Remedy(
        "没有任何企业的签名包含这条记录。不要采信，并查明是谁写入的。",
        "No participant's signature covers this record. Do not rely on it, and find out who wrote it.",
    ),
    "RECORD_MISSHAPEN": Remedy(
        "这条记录已签名，但内容不符合格式。请登记企业更正后重新登记。",
        "This record is signed but is not of the form records have. Ask the participant to record it again.",
    ),
    "SIGNATURE_INVALID": Remedy(
        "提交的签名不成立。其中的记录都不能采信；请核对数据库是否被改动，或密钥是否被冒用。",
        "The submission's signature does not hold. Rely on none of its records; see whether rows were changed "
        "or a key was misused.",
    ),
    "KEY_NOT_ACTIVE": Remedy(
        "签名所用的密钥当时未登记、属于别家或已撤销。请与该企业确认，必要时撤销密钥。",
        "The signing key was not registered, belongs to somebody else, or had ended. Ask the participant, and "
        "revoke the key if need be.",
    ),
    "AMEND_FOREIGN": Remedy(
        "这条更正、撤回或删除告知无权作用于它所指的记录：不是同一家企业、次序不对，或没有运营方的有效同意。它不作数；请查明是谁让它进入日志的。",
        "This correction, withdrawal or notice of erasure has no right to what it names: another enterprise's, out of "
        "order, or without the operator's valid approval. It counts for nothing; find out who let it into the log.",
    ),
    "NAMING_FALSE": Remedy(
        "按产品码查询的索引与记录内容不一致，消费者可能查不到或查错。请由记录内容重建索引。",
        "The index from codes to records differs from what the records say, so consumers may miss some. "
        "Rebuild it from the records.",
    ),
    "SUBMISSION_GAP": Remedy(
        "该密钥的提交编号中断，说明有提交被删除。请从备份恢复缺少的编号。",
        "This key's submissions skip a number: one was removed. Restore the missing numbers from a backup.",
    ),
    "SUBMISSION_REPEATED": Remedy(
        "同一编号出现两次提交。请与该企业确认哪一次有效。",
        "One number was used for two submissions. Ask the participant which one holds.",
    ),
    "ANCHOR_MISSING": Remedy(
        "数据库记有锚定，链上却没有。请勿使用这些证明；检查链节点与数据库是否被改动。",
        "The store has an anchor that the chain has not. Do not use proofs that rest on it; check the chain's "
        "nodes and the store.",
    ),
    "ANCHOR_UNKNOWN": Remedy(
        "链上有本日志的锚定，数据库却没有对应的数据。可能恢复了旧备份，或运营方密钥被盗。请立即核实。",
        "The chain holds an anchor of this log that the store cannot explain: an old backup was restored, or "
        "the operator's key is in other hands. Find out at once.",
    ),
    "ANCHOR_LATE": Remedy(
        "没有在回执承诺的时间内上链。请检查定序和锚定程序以及链是否正常。",
        "The anchor did not come by the time receipts had promised. See whether the loop and the chain are "
        "running.",
    ),
    "RECEIPT_BROKEN": Remedy(
        "回执承诺的时间已过，之后已有最终锚定，却没有包含这次提交：这是平台失信，不是延误。请保存回执，查明定序程序为何跳过它，并报告监管部门。",
        "After the time that a receipt promised there was a final anchor, and it leaves this submission out: that is "
        "a broken promise and no outage. Keep the receipt, find out why the sequencer passed it over, and tell the "
        "regulator.",
    ),
    "CHAIN_REPLACED": Remedy(
        "链节点给出的不是登记的链或合约。程序已停止；请核对链编号、创世块和合约地址，不要继续。"
        "如果原来的链确已丢失，由管理员用 suyuan log carry-on 在新链上接续日志。",
        "The chain's node serves another chain or other contracts. Everything stopped; compare chain id, "
        "genesis and addresses, and do not go on. If the old chain is lost for good, the administrator opens the "
        "log on a new one: suyuan log carry-on.",
    ),
    "CHAIN_REORG": Remedy(
        "已经最终确认的区块变了。程序已停止；请联系其他节点的运行方共同核对。"
        "如果原来的链确已丢失，由管理员用 suyuan log carry-on 在新链上接续日志。",
        "A block that was final has changed. Everything stopped; compare with the other parties' nodes. If the "
        "chain that was followed is lost for good: suyuan log carry-on.",
    ),
    "REGISTRY_MISMATCH": Remedy(
        "本地保存的企业登记或管理操作与链上不同。请删除本地数据重新同步，并查明谁改过。",
        "What is kept of the registry, or of the administrators' acts, differs from the chain. Follow the chain "
        "anew into an empty database, and find out who changed this one.",
    ),
    "ROLE_CHANGED": Remedy(
        "链上有人变更了权限，或更换、关闭了日志。请向管理方确认这是有意为之，"
        "确认后用 suyuan-node acknowledge 记为已知悉；若无人承认，管理员密钥可能已被盗。",
        "Somebody changed a role on chain, or a log's operator, keys or end. Ask the administrator whether it was "
        "meant; if so, note it with `suyuan-node acknowledge`. If nobody owns to it, the administrator's key is in "
        "other hands.",
    ),
}

UNKNOWN = Remedy("请联系平台的技术人员。", "Ask the platform's engineers.")


def remedy(kind: str) -> Remedy:
    """Look up what to do; a kind from a newer version has only a general answer."""
    return REMEDIES.get(kind, UNKNOWN)

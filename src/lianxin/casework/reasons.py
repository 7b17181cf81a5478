"""Why a case is sent back, refused or ended: a code, and its words in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason that a desk may give. ``for_`` says for which verbs it is offered."""

    code: str
    zh: str
    en: str
    for_: frozenset[str]

    def __getitem__(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en

    @property
    def pair(self) -> dict[str, str]:
        """Both languages, as notices keep them."""
        return {"zh": self.zh, "en": self.en}


def _reason(code: str, zh: str, en: str, *verbs: str) -> tuple[str, Reason]:
    return code, Reason(code, zh, en, frozenset(verbs))


REASONS: dict[str, Reason] = dict([
    _reason("conditions", "不符合条件", "the conditions are not met", "refuse", "end"),
    _reason("not-attested", "部队未能证明", "the forces could not attest it", "refuse", "send-back"),
    _reason("papers-untrue", "材料与核实情况不符", "the papers do not agree with what was found", "refuse", "send-back"),
    _reason("received-elsewhere", "已在别处享受同一待遇", "the same benefit is received elsewhere", "refuse", "end"),
    _reason("suspended", "待遇被中止或取消", "entitlements suspended or cancelled", "refuse", "end"),
    _reason("not-ours", "不属于本事项，请按另告的渠道办理", "not a matter of this service; another way was named", "refuse"),
    _reason("nothing-came", "多次告知后仍未补齐", "what was asked for never came", "refuse"),
    _reason("objection-upheld", "公示意见经核实成立", "an objection was found to be right", "refuse", "send-back"),
    _reason("cannot-help", "眼下没有能帮上忙的单位", "nobody can help with this at present", "refuse"),
    _reason("wrong-facts", "情况填写有误，需要重新核对", "a fact is wrong and must be checked again", "send-back"),
    _reason("unclear", "看不清或说不明白", "it cannot be read or understood", "send-back"),
    _reason("wrong-desk", "转错了岗位", "it came to the wrong desk", "send-back"),
    _reason("panel-doubts", "内部评议有不同意见", "the panel has doubts", "send-back"),
    _reason("moved-away", "已迁出本市", "moved out of the city", "end", "refuse"),
    _reason("no-longer", "情况已变化，不再符合条件", "circumstances changed; the conditions are no longer met", "end"),
    _reason("died", "本人已去世", "the person has died", "end", "refuse"),
    _reason("not-done", "家里说没办好", "the household says it was not done", "not-received"),
    _reason("looked-at-again", "应要求再看一次", "looked at again on request", "reopen"),
    _reason("our-mistake", "经办有误，重新办理", "a mistake of the desk, done again", "reopen", "send-back"),
    # given by the machine or the bank, offered to nobody
    _reason("not-upheld", "一条意见核实不成立", "one objection was not upheld"),
    _reason("silence", "到期没有回音，按办好记", "no word in time; taken as done"),
    _reason("unanswered", "到时没有回音", "no answer in time"),
    _reason("unconfirmed", "年度确认没有回音，需要核实", "no word at the yearly confirmation; to be looked into"),
    _reason("lost", "档案不再符合条件", "the file no longer bears it out"),
    _reason("unknown", "档案里缺了一项", "a fact is missing from the file"),
    _reason("not-reached", "三次没有联系上", "not reached in three calls"),
    _reason("merged", "同一人的两份档案已合并，本件由另一件接着办", "two files of one person were merged; the other case goes on"),
    _reason("unmerged", "合并已撤销，本件恢复", "the merge was taken back; the case goes on"),
    _reason("file-merged", "本人的两份档案合并，本件转入保留的一份", "two files were merged; the case is in the one that stays"),
    _reason("file-parted", "合并已撤销，本件回到原来的档案", "the merge was taken back; the case went back to its file"),
    _reason("household-joined", "两户并为一户，本件由并入的户接着办", "two households are one; the case goes on for it"),
    _reason("listed", "加入知情名单", "put on the list"),
    _reason("unlisted", "移出知情名单", "taken off the list"),
    _reason("closed", "账户已销户", "the account is closed"),
    _reason("frozen", "账户被冻结", "the account is frozen"),
    _reason("name", "户名不符", "the name does not match"),
    _reason("number", "账号有误", "the number is wrong"),
    _reason("other", "其他（见说明）", "another reason, see the note", "refuse", "send-back", "end", "reopen"),
])  # fmt: skip


def reasons_for(verb: str) -> list[Reason]:
    """What may be given as a reason for ``verb``, in the order in which it is offered."""
    return [reason for reason in REASONS.values() if verb in reason.for_]

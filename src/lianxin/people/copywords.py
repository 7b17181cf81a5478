"""What the copy of one's data calls tables and fields, in plain words: Chinese, English."""

# ruff: noqa: E501  (a table is read by its lines)

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lianxin.engine import facts, money
from lianxin.engine.personal import Pair
from lianxin.people.columns import BY_CODE

TABLES: Mapping[str, Pair] = {
    "access.Binding": ("绑定的手机", "Phone bound to the file"), "access.Slip": ("绑定单", "Slips for the app"),
    "access.Visit": ("登录记录", "Sign-ins"), "access.Sits": ("所在岗位", "Desks sat at"), "access.StandIn": ("代岗", "Standing in"), "access.Duty": ("值班", "Duty roster"),
    "people.Merge": ("档案合并", "Merges of files"),
    "access.Account": ("登录账号", "Sign-in account"), "access.Grant": ("担任的岗位", "Roles"),
    "people.Person": ("档案", "File"), "people.Particulars": ("基本情况", "Who and where"),
    "people.Service": ("服役经历", "Service in the forces"), "people.Standing": ("身份类别", "Categories"),
    "people.Award": ("立功受奖", "Awards"), "people.Livelihood": ("就业与就学", "Work and schooling"),
    "people.Suspension": ("待遇中止", "Suspension"), "people.Attested": ("部队证明的事项", "Attested by the forces"),
    "people.Attribute": ("本市登记的其他事项", "Other facts"), "people.Kin": ("亲属关系（不含对方信息）", "Kin (without their data)"),
    "people.Membership": ("家庭户", "Household"), "people.BankAccount": ("银行账户", "Bank accounts"),
    "people.Mandate": ("委托与监护", "Mandates"), "people.Capacity": ("行为能力", "Capacity"),
    "people.Document": ("证件", "Papers held"), "people.Scan": ("存档图片", "Pictures on file"),
    "people.Verification": ("核对记录", "Checks"), "people.Flag": ("待核实的矛盾", "Contradictions"),
    "people.Consent": ("同意", "Consents"),
    "notices.Notice": ("发给您的消息", "Messages"), "outcomes.Outcome": ("已经兑现的", "What was delivered"),
    "insight.Draw": ("指标抽查", "Samples of numbers"), "insight.Drawn": ("抽查种子", "Seeds of samples"),
    "insight.Asked": ("抽查回访", "Answers in samples"),
    "outcomes.Attestation": ("有据成果", "Achievements on paper"), "outcomes.Ruling": ("成果的认可", "Rulings on achievements"),
    "casework.Case": ("诉求和办件", "Asks and cases"), "casework.Move": ("办理经过", "What was done"),
    "casework.Period": ("各期发放", "Deliveries"), "casework.Gap": ("要求补的材料", "What was asked for"),
    "casework.Paper": ("交来的材料", "Papers handed in"), "casework.Publicity": ("公示", "Public notices"),
    "casework.Dispatch": ("转交帮办", "Handed to helpers"), "casework.Rating": ("评价", "Ratings"),
    "casework.CircleShare": ("连心圈里给谁看什么", "What is shown to whom in the circle"),
    "casework.CircleWord": ("连心圈里的话", "Words in the circle"), "casework.CircleSheet": ("转交军人的纸", "Pages handed over"),
    "campaigns.Certificate": ("志愿证书", "Certificates"), "campaigns.Signup": ("活动报名", "Places taken"),
    "campaigns.Picture": ("活动照片", "Pictures of events"), "campaigns.Pictured": ("照片里的人", "Who is in a picture"),
    "partners.Gift": ("捐赠", "Gifts"), "partners.Use": ("捐赠用在哪里", "What became of gifts"),
    "casework.Sheet": ("带码的纸", "Coded papers"), "campaigns.VisitList": ("走访名单", "Lists of visits"),
    "campaigns.Stop": ("要走访的户", "Households to visit"), "campaigns.Taken": ("带走的名单", "Lists taken along"),
    "campaigns.Report": ("走访记录", "What a visit found"), "campaigns.Part": ("走访记录的各项", "Parts of what a visit found"),
    "cards.Card": ("优待证", "Preferential card"), "cards.Step": ("优待证经过", "What happened to the card"),
    "cards.Credential": ("电子凭证", "Credentials"), "cards.Filing": ("报省备案批次", "Filings with the province"), "cards.Box": ("证箱", "Boxes of cards"),
    "cards.Device": ("刷卡机和闸机", "Validators and gates"), "cards.DeviceStep": ("设备经过", "What happened to a device"),
    "cards.Use": ("用证人次（当日代号）", "Uses under a name of the day"), "cards.CardRate": ("当日用证次数", "Uses of a card in a day"),
    "cards.CardLook": ("请多看一眼的证", "Cards to look at"), "cards.Tariff": ("每人次补助标准", "What a use is paid with"),
    "cards.Statement": ("经营单位结算单", "Operators' statements"), "cards.StatementStep": ("结算经过", "What happened to a statement"),
    "cards.Claim": ("经营单位对账", "Operators' sheets"),
    "insight.Tree": ("考评指标体系", "Trees of indicators"), "insight.TreeRuling": ("指标体系的审定", "Rulings on trees"),
    "insight.Evidence": ("考评佐证", "Evidence"), "insight.LetGo": ("取下的佐证", "Evidence taken out"),
    "insight.Charge": ("缺口负责人", "Whose gap it is"), "insight.Mock": ("模拟考评", "Mock reviews"), "insight.Mark": ("模拟考评打分", "Marks"),
    "insight.Release": ("开放数据", "Open data"), "insight.ReleaseRuling": ("开放数据的审定", "Rulings on open data"),
    "insight.Question": ("保存的查询", "Kept questions"), "insight.Screen": ("大屏链接", "Hall screens"),
    "cards.SceneTable": ("持证优待表", "Tables of rights"), "cards.Finding": ("拒绝优待的核实", "Findings about refusals"),
    "payments.Line": ("应发款项", "Amounts owed"), "payments.Attempt": ("发放记录", "Payments"),
    "journal.Entry": ("操作留痕", "Journal"), "journal.Contained": ("名单里有谁", "Who was on a list"),
    "journal.Held": ("暂缓告知的核查", "Inquiries told of later"), "access.SetAside": ("待审内容", "Texts set aside"),
    "access.Redrawing": ("区划调整", "Areas redrawn"), "people.Family": ("家庭户（地址）", "Households"),
    "people.Double": ("疑似重复档案", "Possible doubles"), "people.Import": ("导入记录", "Ledgers loaded"),
    "people.SavedList": ("保存的名单", "Saved lists"), "people.ListMember": ("名单成员", "Members of lists"),
    "people.TakenColumns": ("导出列的选择", "Columns chosen"), "people.Copy": ("信息副本", "Copies of everything held"),
    "people.Disposal": ("保管与删除", "Keeping and deleting"), "people.Restricted": ("限知名单", "Restricted lists"),
    "people.RestrictedCount": ("限知名单的总数", "Totals of restricted lists"), "people.Template": ("记住的表头", "Headers mapped once"),
    "people.Export": ("向其他系统供数", "Files for other systems"), "notices.Text": ("短信", "Text messages"),
    "catalogue.Verdict": ("匹配结果", "What matching found"), "casework.Objection": ("公示意见", "Objections"),
    "casework.Listed": ("保密事项知情名单", "Access lists of sealed matters"), "payments.Batch": ("发放批次", "Payment batches"),
    "campaigns.Hours": ("帮办时间", "Hours of helpers"), "insight.Draft": ("综述草稿", "Drafts of reviews"),
    "catalogue.Draft": ("事项草稿", "Drafts of services"), "catalogue.Waiting": ("等待重新判断", "Waiting to be judged again"),
    "payments.Signing": ("批次每次经手后的样子", "How batches stood after each hand"), "access.Behind": ("账号背后的人", "Who stands behind accounts"),
    "insight.Reach": ("应享尽享统计", "How far entitlements reach"),
    "payments.Replay": ("更正过去的重算", "Replays of the past"), "payments.Correction": ("重算的差额", "Differences of a replay"),
    "payments.Recovery": ("多发款的收回", "Recoveries of what was overpaid"),
    "payments.Settling": ("收回款的处理意见", "Proposals about a recovery"),
    "payments.Settled": ("对处理意见的决定", "Decisions on such proposals"),
}  # fmt: skip
FIELDS: Mapping[str, Pair] = {
    "day": ("日期", "day"), "line": ("线路或闸口", "line or gate"), "hour": ("时段", "hour"), "pseudonym": ("当日代号", "name of the day"),
    "cards": ("证的代号", "names of cards"), "agreed_name": ("同意人姓名", "name of who agreed"), "note": ("说明", "note"),
    "owner": ("负责人", "whose it is"), "owner_name": ("负责人姓名", "name of whose it is"),
    "reviewer": ("考评人", "reviewer"), "reviewer_name": ("考评人姓名", "name of the reviewer"),
    "made_at": ("生成时间", "made at"), "until": ("有效期至", "valid until"), "packed_by": ("装箱人", "packed by"), "explained_by": ("说明人", "explained by"), "holder_id": ("持证人", "holder"),
    "since": ("自何时", "since"), "activated_on": ("激活日期", "activated on"), "lost_on": ("挂失日期", "lost on"),
    "ground": ("换发原因", "ground"), "number_mark": ("卡号的密封标记", "sealed mark of the number"),
    "from_state": ("原状态", "state before"), "to_state": ("新状态", "state after"), "publisher": ("发布人", "published by"),
    "judged_on": ("判断日期", "judged on"), "moved_at": ("变动时间", "moved at"), "was": ("原来的数额", "amount before"),
    "now": ("应有的数额", "amount as it should be"), "returned": ("已收回", "returned"), "waived": ("已免收", "waived"),
    "begun_by": ("起草人", "begun by"), "begun_by_name": ("起草人姓名", "name of who began it"),
    "saved_by": ("最近修改人", "last written by"), "saved_by_name": ("最近修改人姓名", "name of who wrote last"),
    "writers": ("修改过的人", "who wrote in it"), "here": ("正在查看的人", "who has it open"),
    "submitted_by": ("送审人", "handed in by"), "submitted_by_name": ("送审人姓名", "name of who handed it in"),
    "decided_by_name": ("审定人姓名", "name of who decided"),
    "browser": ("浏览器", "browser"), "seen_at": ("最近使用", "last used"), "ended_at": ("结束于", "ended"),
    "username": ("登录名", "sign-in name"), "name_en": ("英文名", "English name"), "person": ("档案编号（内部）", "file id"),
    "person_id": ("档案编号（内部）", "file id"), "last_login": ("上次登录", "last sign-in"), "account_id": ("账号编号（内部）", "account id"),
    "paper": ("依据材料", "from which paper"), "id_sealed": ("身份证号", "ID number"), "phone_sealed": ("电话", "phone"),
    "number_sealed": ("号码", "number"), "kind": ("类别", "kind"), "code": ("项目", "what"), "holds": ("是否属实", "holds"),
    "value": ("内容", "value"), "grade": ("等级", "grade"), "cause": ("性质", "cause"), "role": ("关系", "relation"),
    "graded_on": ("评定日期", "graded on"), "wartime": ("战时", "in war"), "detail": ("细目", "detail"), "basis": ("依据", "basis"),
    "ended_by": ("终止原因", "ended by"), "maintained": ("是否受扶养", "maintained"), "state": ("状态", "state"),
    "political_rights": ("政治权利", "political rights"), "expelled": ("被开除军籍", "expelled"), "holder": ("户名", "holder"),
    "services": ("事项范围", "for which services"), "capacity": ("行为能力", "capacity"), "expires_on": ("有效期至", "valid until"),
    "digest": ("文件指纹", "digest of the file"), "template": ("消息类型", "kind of message"), "given": ("消息内容", "what it said"),
    "said": ("电话里说的", "what was said"), "happened_on": ("日期", "day"), "ended_on": ("结束日期", "ended on"),
    "service": ("事项", "service"), "programme": ("项目", "programme"), "category": ("类别", "category"), "amount": ("金额（元）", "yuan"),
    "number": ("编号", "number"), "opened_at": ("提出时间", "opened"), "closed_at": ("办结时间", "closed"),
    "stands_from": ("享受起", "stands from"), "stands_to": ("享受止", "stands to"), "event_on": ("事由日期", "event"),
    "words": ("文字", "words"), "form": ("所填内容", "form"), "at": ("时间", "time"), "verb": ("做了什么", "what was done"),
    "reason": ("原因", "reason"), "period": ("期间", "period"), "on": ("日期", "day"), "asked_at": ("要求时间", "asked"),
    "met_at": ("补齐时间", "came"), "from_on": ("起", "from"), "until_on": ("止", "until"), "shown": ("公示内容", "what was shown"),
    "offered_at": ("转交时间", "handed over"), "answer": ("答复", "answer"), "done_at": ("完成时间", "done"),
    "done_words": ("完成情况", "how it went"), "score": ("分数", "score"), "created_at": ("生成时间", "made"),
    "settled_on": ("到账日期", "arrived on"), "fault": ("退回原因", "came back because"), "answered_at": ("银行答复", "bank answered"),
    "result": ("结果", "result"), "valid_from": ("自", "from"), "valid_to": ("至", "to"), "superseded_at": ("更正于", "corrected"),
    "recorded_at": ("记录于", "recorded"), "scope": ("范围", "for what"), "text_version": ("文本版本", "version of the text"),
    "channel": ("方式", "channel"), "given_as": ("以何身份", "given as"), "partner_office": ("接收方（内部编号）", "receiver"),
    "rank_class": ("军衔类别", "class of rank"), "employer_kind": ("单位类别", "kind of employer"),
    "prior_employer": ("原单位类别", "employer before"), "school": ("学校", "school"), "graduates_on": ("毕业日期", "graduates on"),
    "handed_at": ("转交时间", "handed over at"), "handed_by": ("转交人", "handed over by"), "soldier_id": ("军人", "soldier"),
    "agreed_at": ("同意时间", "agreed at"), "came": ("是否到场", "came"), "caption": ("照片说明", "caption"),
    "moved_by": ("经手人", "moved by"), "received_by": ("接收人", "received by"), "reversed_by": ("冲回人", "reversed by"),
    "withdrawn_at": ("撤回时间", "withdrawn at"),
    "back_by": ("收回人", "scanned back by"), "happened_at": ("发生时间", "happened at"), "outcome": ("结果", "outcome"),
    "printed_at": ("打印时间", "printed at"), "signature": ("签名", "signature"), "signer": ("签名人", "who signed"),
    "theirs": ("对方说的", "their words"), "visited_on": ("走访日期", "visited on"), "what": ("内容", "what"), "why": ("原因", "why"),
    "answered_by": ("答复人", "answered by"), "approver": ("审批人", "approver"), "approver_name": ("审批人姓名", "approver's name"),
    "asks": ("查询条件", "conditions of the list"), "assignee": ("经办人", "in whose hands"), "attested_by": ("核报人", "attested by"),
    "by_account": ("经手账号（内部）", "account"), "by_name": ("经手人", "by whom"), "checker": ("复核人", "checker"),
    "checker_name": ("复核人姓名", "checker's name"), "circle_id": ("同意给哪位家人", "which relative"),
    "confirmed_by": ("核对人", "confirmed by"), "contact_sealed": ("联系方式", "contact"), "decided_by": ("决定人", "decided by"),
    "done_by": ("处理人", "done by"), "finding": ("核查结论", "finding"), "given_by_id": ("谁代为同意", "given by"),
    "kept_by": ("登记人", "kept by"), "loser_id": ("并入的档案", "the merged file"), "made_by": ("打印人", "made by"),
    "how": ("怎么处理", "what is proposed"), "fen": ("金额（分）", "amount in fen"), "agreed": ("是否同意", "agreed"),
    "decider": ("决定人", "who decided"), "decider_name": ("决定人姓名", "name of who decided"),
    "maker": ("经办人", "maker"), "maker_name": ("经办人姓名", "maker's name"), "missing": ("缺什么", "what is missing"),
    "of_id": ("因谁而来", "through whom"), "opened_by": ("谁开办的", "opened by"), "other_id": ("另一份档案", "the other file"),
    "places": ("名单所在", "places on a list"), "proposed_by": ("提出人", "proposed by"), "proxy_account": ("代办账号", "proxy's account"),
    "proxy_person_id": ("代办人", "proxy"), "purpose": ("事由", "why"), "relative_id": ("亲属", "relative"),
    "released_by": ("同意提前告知的人", "released by"), "sealed": ("封存的内容", "sealed text"), "subject": ("对象（内部）", "subject"),
    "substitute_id": ("代班人", "substitute"), "verdict": ("是否符合", "verdict"),
    "circle": ("家庭圈", "circle"), "born_on": ("出生日期", "born on"), "died_on": ("死亡日期", "died on"),
}  # fmt: skip
_BY_LABEL = {label.lower(): pair for label, pair in TABLES.items()} | {
    "access.succession": ("区划沿革", "successions of areas"), "access.office": ("单位", "offices"), "access.area": ("区划", "areas"),
    "access.desk": ("岗位", "desks"), "access.publicname": ("可以写的名称", "names that pass"),
    "catalogue.version": ("事项版本", "versions of services"), "payments.transaction": ("记账", "transactions"),
    "payments.posting": ("分录", "postings"), "payments.bankfile": ("银行文件", "bank files"),
    "insight.publication": ("已发布综述", "publications"), "partners.agreement": ("合作协议", "agreements"),
}  # fmt: skip
_CODES: Mapping[str, Pair] = {
    code: (words[0], code.replace("_", " ")) for column in BY_CODE.values() for code, words in column.words.items()
} | {code: (name.zh, name.en) for fact in facts.VOCABULARY.values() for code, name in fact.allowed.items()}


def called(label: str, language: str) -> str:
    """What a covered table is called; the last part of its name where nobody has said so."""
    app, _dot, model = label.partition(".")
    found = _BY_LABEL.get(f"{app}.{model}".lower())
    return found[0 if language.startswith("zh") else 1] if found else model


def field(name: str) -> Pair:
    """What a field is called."""
    if name in FIELDS:
        return FIELDS[name]
    column = BY_CODE.get(name)
    return (column.zh, column.en) if column else ("", "")


def value(name: str, given: Any, services: Mapping[str, Pair], place: int) -> str:
    """A value in words; blank for nothing."""
    if given in (None, "", {}, []):
        return ""
    if isinstance(given, bool):
        return (("是", "yes") if given else ("否", "no"))[place]
    if isinstance(given, dt.datetime):
        return given.astimezone(dt.timezone(dt.timedelta(hours=8))).strftime("%Y-%m-%d %H:%M")
    if isinstance(given, dt.date):
        return given.isoformat()
    if name in {"amount", "monthly_income"}:
        return money.yuan(int(given))
    if isinstance(given, dict | list):
        return _plain(given)
    text = str(given)
    if name == "service":
        return services.get(text, (text, text))[place]
    if name == "code" and text in facts.VOCABULARY:
        known = facts.VOCABULARY[text].name
        return (known.zh, known.en)[place]
    return _CODES.get(text, (text, text))[place]


def _plain(given: Any) -> str:
    """Nested values as people read them."""
    if isinstance(given, dict):
        return "；".join(f"{name}：{_plain(one)}" for name, one in given.items() if one not in (None, ""))
    return "、".join(_plain(one) for one in given) if isinstance(given, list) else str(given)

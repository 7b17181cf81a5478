"""What notices say, in both languages: first the thing, then who has it, until when, and the phone.

``{service}``, ``{desk}``, ``{phone}``, ``{until}``, ``{amount}``, ``{missing}``, ``{reason}``, ``{number}``, ``{helper}``, ``{kind}`` and ``{words}`` are filled from what the notice was given; a word that was not given leaves its sentence out.
"""

# ruff: noqa: E501  (a text is read by its lines)

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from lianxin.engine import money

# Each text is a list of sentences; a sentence with an unknown word is left out.
TEXTS: dict[str, tuple[str, str]] = {
    "set-aside-released": (
        "您写的一段话里的名称是公开荣誉，可以写。|请把那段话再填一次。",
        "The name in what you wrote is a public honour and may be written.|Please send those words again.",
    ),
    "set-aside-destroyed": (
        "您写的一段话可能涉及部队的番号、驻地、人数或任务，没有保存，已经销毁。|请只写事情本身，部队写“部队”就行。",
        "Something you wrote may have spoken of a unit, place, number or task of the forces; it was not kept and is destroyed."
        "|Write only the matter itself; “the unit” is enough.",
    ),
    "figure-check": (
        "正在核对公布的数：有一件为您家办的事被抽中。|社区会打电话或递单子，问您收到没有，照实说就行。|不想答也可以，不影响您的待遇。",
        "Published numbers are being checked: something done for your household was drawn.|The community calls or brings a slip"
        " and asks whether you received it; just say how it was.|You need not answer; it changes nothing of what is yours.",
    ),
    "assessment-due": (
        "考评材料“{kind}”还有缺口，{until}前补上。|{words}|打开“考评”看缺什么。",
        "Something is missing in the binder for “{kind}”; it is to stand by {until}.|{words}|Open the assessment to see what.",
    ),
    "why-looked": (
        "有人想知道：{helper}在{until}为什么“{reason}”。|他说：{words}|请看办件并答复。",
        "Somebody asks why {helper} “{reason}” at {until}.|They say: {words}|Please look at the case and answer.",
    ),
    "case-proposed": (
        "您家可以享受“{service}”。|每月{amount}元。|您说一声“要”就开始办；不想要也可以说一声。|{desk}电话 {phone}。",
        "Your household is entitled to {service}.|{amount} yuan each time.|Confirm once and it starts; you may decline."
        "|{desk}, phone {phone}.",
    ),
    "case-word": (
        "“{service}”等您一句话：情况没变，点一下或说一声就好。|有变化，也请告诉我们。|{desk}电话 {phone}，上门也行。",
        "{service} waits for a word from you: if nothing has changed, one click or a call is enough."
        "|If something has, tell us.|{desk}, phone {phone}; we also come by.",
    ),
    "case-opened": (
        "“{service}”已经开始办。|编号 {number}。|在{desk}，{until}前。|电话 {phone}。",
        "{service} has begun.|Number {number}.|With {desk}, by {until}.|Phone {phone}.",
    ),
    "case-handed": (
        "“{service}”（{number}）现在由{desk}办，{until}前。|电话 {phone}。",
        "{service} ({number}) is now with {desk}, by {until}.|Phone {phone}.",
    ),
    "ask-on-duty": (
        "您值班：有一件新诉求“{kind}”（{number}），{until}前要有着落。|请在连心台上接手。",
        "You are on duty: a new ask, {kind} ({number}), to be seen to by {until}.|Please take it up at the desk.",
    ),
    "ask-became": (
        "您说的“{kind}”，社区转给对口的地方办了。|按“{becomes}”办，编号 {number}。|在{desk}，{until}前。|该填的都填好了，您不用再跑。|电话 {phone}。",
        "What you asked ({kind}) was handed on to those whose matter it is.|It goes on as {becomes}, number {number}."
        "|With {desk}, by {until}.|Everything is filled in already.|Phone {phone}.",
    ),
    "case-accepted": (
        "“{service}”已受理。|现在在{desk}，{until}前。|电话 {phone}。",
        "{service} was accepted.|Now with {desk}, by {until}.|Phone {phone}.",
    ),
    "gaps-told": (
        "“{service}”还差：{missing}。|一次补齐就行，拍照也可以；等您补的时候不算办理时间。|{desk}电话 {phone}。",
        "{service} still needs: {missing}.|Bring all of it once, a photo will do; the clock waits for you.|{desk}, phone {phone}.",
    ),
    "case-advanced": (
        "“{service}”往前走了一步，现在在{desk}，{until}前。|电话 {phone}。",
        "{service} moved on: now with {desk}, by {until}.|Phone {phone}.",
    ),
    "case-returned": (
        "“{service}”退回到{desk}再看一看：{reason}。|您不用做什么，{until}前有回音。|电话 {phone}。",
        "{service} went back to {desk}: {reason}.|You need do nothing; you will hear by {until}.|Phone {phone}.",
    ),
    "case-refused": (
        "“{service}”这次没有批准：{reason}。|依据 {clause}。|不同意的话，可以要求再看一次。|{desk}电话 {phone}。",
        "{service} was not approved: {reason}.|Under {clause}.|You may ask for it to be looked at again."
        "|{desk}, phone {phone}.",
    ),
    "publicised": (
        "“{service}”正在公示，{until}结束；公示里只有姓氏和乡镇。|电话 {phone}。",
        "{service} is on public notice until {until}; it shows only a masked name and the township.|Phone {phone}.",
    ),
    "objection": (
        "“{service}”的公示收到一条意见，{desk}正在核实，{until}前有回音。|电话 {phone}。",
        "Somebody objected to {service}; {desk} is looking into it and will answer by {until}.|Phone {phone}.",
    ),
    "approved": (
        "“{service}”批准了。|每次{amount}元。|{until}前办到。",
        "{service} was approved.|{amount} yuan each time.|It reaches you by {until}.",
    ),
    "line-made": ("“{service}”{period}的{amount}元准备发放。", "{service}: {amount} yuan for {period} is being prepared."),
    "payment-sent": ("“{service}”的{amount}元已交银行。", "{service}: {amount} yuan went to the bank."),
    "payment-paid": (
        "“{service}”的{amount}元到账了。|没有收到请打 {phone}。",
        "{service}: {amount} yuan has arrived.|If not, call {phone}.",
    ),
    "payment-returned": (
        "“{service}”的{amount}元银行退回来了：{reason}。|钱还在，换一个本人账户就重新发。|{desk}电话 {phone}。",
        "The bank returned {amount} yuan of {service}: {reason}.|The money is safe; give an account in your own name and "
        "it is sent again.|{desk}, phone {phone}.",
    ),
    "recovery-claimed": (
        "“{service}”以前多发了{amount}元，请退回。|为什么、怎么退，请问{desk}；可以分几次退，不同意可以提出来再查。|电话 {phone}。",
        "{amount} yuan too much were paid of {service} and are to be given back.|{desk} tells you why and how: in parts, "
        "if you need; if you do not agree, say so and it is looked at again.|Phone {phone}.",
    ),
    "recovery-claimed-desk": (
        "“{service}”多发了{amount}元，领款人已去世，请与家属商量，不要催。",
        "{amount} yuan too much were paid of {service}; the payee has died. Please speak with the family; do not press.",
    ),
    "payment-returned-desk": (
        "“{service}”有一笔{amount}元被银行退回：{reason}。|请联系领款人，换一个本人账户，或请他去银行问一问。",
        "The bank returned {amount} yuan of {service}: {reason}.|Please ask the payee for an account in their own name, "
        "or to go to the bank.",
    ),
    "offered": (
        "有一件事请您帮忙：{kind}。|{until}前回个话，去不去都行。",
        "Could you help with this: {kind}?|Please answer by {until}, yes or no.",
    ),
    "accepted-by-helper": (
        "“{kind}”有人接了：{helper}。|{until}前到。|电话 {phone}。",
        "{helper} will see to it ({kind}).|By {until}.|Phone {phone}.",
    ),
    "helper-declined": (
        "{helper}这次来不了（{reason}），请再派一次。",
        "{helper} cannot come ({reason}); please hand it to somebody else.",
    ),
    "done-please-confirm": (
        "“{kind}”说是办好了。|办好了请说一声；没办好也请说一声，我们接着办。|电话 {phone}。",
        "{kind} is said to be done.|Please confirm; if it is not, say so and we go on.|Phone {phone}.",
    ),
    "thanks": ("谢谢您！家里说办好了。", "Thank you! The household says it is done."),
    "reopened": (
        "“{service}”重新打开了，在{desk}，{until}前。|电话 {phone}。",
        "{service} was opened again, with {desk}, by {until}.|Phone {phone}.",
    ),
    "withdrawn": ("“{service}”已按您的意思撤回。", "{service} was withdrawn as you asked."),
    "case-closed": ("“{service}”已办结。|电话 {phone}。", "{service} is closed.|Phone {phone}."),
    "delivered": ("“{service}”办好了。|电话 {phone}。", "{service} is done.|Phone {phone}."),
    "standing-review": (
        "“{service}”要再核对一下，核对期间不会悄悄停发。|{desk}，{until}前。|电话 {phone}。",
        "{service} is being looked at again; it never stops silently.|{desk}, by {until}.|Phone {phone}.",
    ),
    "you-may-apply": (
        "您可以申请“{service}”。|{desk}电话 {phone}。",
        "You may apply for {service}.|{desk}, phone {phone}.",
    ),
    "attest-please": (
        "有一项情况请您证明：{service}。|{until}前。",
        "Please attest a fact for {service}.|By {until}.",
    ),
    "all-came": (
        "“{service}”（{number}）要补的都补齐了，请接着办，{until}前。",
        "Everything asked for {service} ({number}) has come; please go on, by {until}.",
    ),
    "not-done": (
        "家里说“{kind}”（{number}）没办好，请接着办，{until}前。",
        "The household says {kind} ({number}) was not done; please go on, by {until}.",
    ),
    "helper-silent": (
        "“{kind}”（{number}）派出去没有回音，请再派一次。",
        "Nobody answered about {kind} ({number}); please hand it to somebody else.",
    ),
    "review-please": (
        "“{service}”（{number}）档案里的情况变了，请核对，{until}前。",
        "The file no longer bears out {service} ({number}); please look at it by {until}.",
    ),
    "kept": (
        "“{service}”核对好了，照常发；核对期间的也会补上。|电话 {phone}。",
        "{service} was looked at and goes on; what was held back follows.|Phone {phone}.",
    ),
    "standing-ended": (
        "“{service}”到此为止：{reason}。|不同意的话，可以要求再看一次。|{desk}电话 {phone}。",
        "{service} ends here: {reason}.|You may ask for it to be looked at again.|{desk}, phone {phone}.",
    ),
    "lapsed": (
        "之前说的“{service}”，按现在的情况不再办了。|有变化可以再问：{desk}，电话 {phone}。",
        "{service}, of which we told you, is not going on as things stand.|If things change, ask {desk}, phone {phone}.",
    ),
    "circle-asked": (
        "{helper}想和您连心：各自选让对方看到家里哪些事办得怎样。|愿意不愿意，请到“连心圈”里说一声，也可以告诉社区。",
        "{helper} asks you into a family circle: each shows the other how matters at home are going."
        "|Please say yes or no under Family circle, or tell the desk.",
    ),
    "circle-standing": (
        "{helper}同意了，您二位连上了。|在“连心圈”里能看到对方让看的事。",
        "{helper} agreed: you are connected.|Under Family circle you see what each shows the other.",
    ),
    "circle-declined": ("{helper}这次没有同意连心。", "{helper} did not agree to a family circle this time."),
    "circle-ended": (
        "{helper}退出了你们的连心圈，互相不再看到办事进度。",
        "{helper} left your family circle; neither sees the other's matters any more.",
    ),
    "circle-thanks": (
        "{helper}从远方说谢谢（{service}，{number}）：{words}",
        "{helper} says thank you from far away ({service}, {number}): {words}",
    ),
    "circle-thanked": ("{helper}谢了帮咱家办“{service}”的人：{words}", "{helper} thanked those who helped with {service}: {words}"),
    "circle-paper": (
        "有一张连心圈的纸页请转交。|请到“连心圈转交”里打印。",
        "A page of a family circle is to be handed over.|Print it under Pages to hand over.",
    ),
    "card-filed": (
        "您的优待证已经报省里备案制证。|最晚{until}有结果。|做好了到站里领，会告诉您。|{desk}电话 {phone}。",
        "Your preferential card was filed with the province.|There is an answer by {until}.|You hear from us when it can be fetched."
        "|{desk}, phone {phone}.",
    ),
    "card-arrived": (
        "您的优待证到了{desk}。|带身份证来签字领取；来不了说一声，给您送到家。|电话 {phone}。",
        "Your preferential card has come to {desk}.|Fetch it with your identity card, or say so and it is brought home.|Phone {phone}.",
    ),
    "card-handed": (
        "优待证已经交到您手里。|到银行网点或手机银行激活后使用。|丢了马上说一声，别人就用不了。|{desk}电话 {phone}。",
        "Your preferential card is in your hands.|Activate it at the bank.|If it is lost, say so at once and nobody else can use it."
        "|{desk}, phone {phone}.",
    ),
    "card-lost": (
        "您的优待证已经挂失，别人用不了。|银行账户请另向银行挂失。|要补一张，说一声就办。|{desk}电话 {phone}。",
        "Your preferential card is noted as lost; nobody else can use it.|Tell the bank about the account too.|Say so and another is made."
        "|{desk}, phone {phone}.",
    ),
    "card-found": (
        "您的优待证找回来了，可以照常使用。|以前的码作废了，请重新领一个。|{desk}电话 {phone}。",
        "Your preferential card was found and counts as before.|Codes made before do not: ask for a new one.|{desk}, phone {phone}.",
    ),
    "card-suspend": (
        "您的优待证暂时不能使用。|请到窗口来一趟。|{desk}电话 {phone}。",
        "Your preferential card cannot be used for now.|Please come to the window.|{desk}, phone {phone}.",
    ),
    "card-resume": (
        "您的优待证恢复使用了。|{desk}电话 {phone}。",
        "Your preferential card can be used again.|{desk}, phone {phone}.",
    ),
    "card-cancel": (
        "您的优待证不能再使用了。|请到窗口来一趟。|{desk}电话 {phone}。",
        "Your preferential card can no longer be used.|Please come to the window.|{desk}, phone {phone}.",
    ),
    "refusal-upheld": (
        "您反映的“{place}”没给优待，核实属实。|{words}|这次计入对方的挂牌考核。|编号 {number}。",
        "What you said about {place} was found to be so.|{words}|It counts against their plaque.|Number {number}.",
    ),
    "refusal-not-upheld": (
        "您反映的“{place}”的事核实过了。|{words}|不同意可以再说。|编号 {number}。",
        "What you said about {place} was looked into.|{words}|If you disagree, say so.|Number {number}.",
    ),
    "event-place": (
        "“{title}”给您留了位子。|时间：{until}。|地点：{place}。|来不了请说一声，后面的人就能补上。|{desk}电话 {phone}。",
        "You have a place at {title}.|It begins {until}.|Place: {place}.|If you cannot come, say so: somebody waits.|{desk}, phone {phone}.",
    ),
    "event-waiting": (
        "“{title}”已满，您排上了队。|有人退出就给您补上，会告诉您。|{desk}电话 {phone}。",
        "{title} is full; you are in the waiting list.|You hear from us when a place is free.|{desk}, phone {phone}.",
    ),
    "event-moved-up": (
        "“{title}”空出一个位子，给您了。|时间：{until}。|地点：{place}。|来不了请说一声。|{desk}电话 {phone}。",
        "A place at {title} became free: it is yours.|It begins {until}.|Place: {place}.|If you cannot come, say so.|{desk}, phone {phone}.",
    ),
    "event-tomorrow": (
        "别忘了“{title}”。|时间：{until}。|地点：{place}。|来不了请打 {phone}。",
        "Do not forget {title}.|It begins {until}.|Place: {place}.|If you cannot come, call {phone}.",
    ),
    "event-changed": (
        "“{title}”有变动。|时间改为：{until}。|地点：{place}。|来不了请打 {phone}。",
        "{title} has changed.|It now begins {until}.|Place: {place}.|If you cannot come, call {phone}.",
    ),
    "event-cancelled": (
        "“{title}”不办了。|原因：{reason}。|{desk}电话 {phone}。",
        "{title} is cancelled.|Because: {reason}.|{desk}, phone {phone}.",
    ),
    "event-invited": (
        "请您来“{title}”。|时间：{until}。|地点：{place}。|要来就在连心里点一下，或打 {phone}。",
        "You are invited to {title}.|It begins {until}.|Place: {place}.|Sign up in the app, or call {phone}.",
    ),
    "listed": (
        "请您到窗口来一趟，或打这个电话。|{desk}电话 {phone}。",
        "Please come to the window, or call.|{desk}, phone {phone}.",
    ),
}  # fmt: skip
_WORD = re.compile(r"\{(\w+)\}")


def words(template: str, given: Mapping[str, Any], language: str = "zh-hans") -> str:
    """The notice as a person reads it. ``given`` values may be per-language pairs ``{"zh": …, "en": …}``."""
    chinese = language.startswith("zh")
    text = TEXTS[template][0 if chinese else 1]
    said = []
    for sentence in text.split("|"):
        names = _WORD.findall(sentence)
        if all(given.get(name) not in (None, "", []) for name in names):
            said.append(_WORD.sub(lambda found: _plain(found.group(1), given[found.group(1)], chinese), sentence))
    return ("" if chinese else " ").join(said)


def _plain(name: str, value: Any, chinese: bool) -> str:
    if isinstance(value, Mapping):
        return str(value["zh" if chinese else "en"])
    if isinstance(value, list | tuple):
        return ("、" if chinese else ", ").join(_plain("", one, chinese) for one in value)
    if name == "amount":
        return money.yuan(int(value))
    if name in {"until", "period"} and isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d(-\d\d.*)?", value):
        return _day(value, chinese)
    return str(value)


def _day(text: str, chinese: bool) -> str:
    if len(text) == 7:
        return f"{int(text[:4])} 年 {int(text[5:])} 月" if chinese else text
    if len(text) > 10:
        from lianxin.engine import clock

        instant = dt.datetime.fromisoformat(text).astimezone(clock.SHANGHAI)
        day = f"{instant.month} 月 {instant.day} 日" if chinese else f"{instant.day} {instant:%B}"
        return f"{day} {instant:%H:%M}" if (instant.hour, instant.minute) not in {(0, 0), (23, 59)} else day
    on = dt.date.fromisoformat(text)
    return f"{on.month} 月 {on.day} 日" if chinese else f"{on.day} {on:%B %Y}"

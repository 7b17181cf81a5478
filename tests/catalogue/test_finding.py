"""What people write finds the service that they mean, among the first three; and nothing else is found out by writing.

The sentences stand here as families, clerks and callers say them, written from what the city's fields of work are, each
with the service that a clerk of the desk would name; they are never changed after what the search answers.
"""

from pathlib import Path

import pytest

from lianxin.catalogue import finding
from lianxin.catalogue.queries import Published
from lianxin.engine import attributes, checking, documents
from lianxin.engine.declaring import load_service

ROOT = Path(__file__).resolve().parents[2]

SAID = """
我妈没人送医院                  household-help
家里水管爆了                    household-help
下水道堵了没人修                household-help
孩子放学没人接                  household-help
想找人帮忙搬个衣柜              household-help
灯坏了不会换                    household-help
帮老人买药                      household-help
邻居天天吵架                    household-help
孩子数学跟不上想找人补课        household-help
投诉你们窗口态度差              household-help
随军家属没工作有补助吗          accomp-subsidy
我随军了找不到工作              accomp-subsidy
随军以前是老师，想调过来        accomp-placement
孩子上幼儿园                    child-school
娃要转学                        child-school
军人的小孩上小学能不能就近      child-school
中考加分                        exam-preference
高考优待证明怎么开              exam-preference
六一带孩子看电影                child-event
刚退伍回来要办什么              discharge-onestop
退役报到落户                    discharge-onestop
等分配工作这段时间没收入        waiting-allowance
自主就业退役能领多少钱          self-employ-grant
政府安排工作怎么选岗            soldier-placement
转业干部安置                    officer-placement
想学个手艺                      job-support
想自己开店，贷款有没有贴息      job-support
哪里有招聘会                    job-fair
老兵找工作                      job-support
优待证丢了                      card-replacement
怎么办优待证                    preferential-card
卡刷不出来坐不了公交            bus-free
坐公交司机不让免费              bus-free
军人去公园要门票吗              scenic-ticket
景区不认优待证                  scenic-ticket
门口的光荣牌掉漆了              plaque-replacement
家里什么时候挂光荣牌            honour-plaque
儿子在部队立功了                good-news
三等功奖励金                    good-news
当兵的家里有优待金吗            conscript-family
儿子去当兵了每年有钱发吗        conscript-family
爷爷打过仗现在每个月有补助吗    living-subsidy-combat
参加过核试验的老兵              living-subsidy-combat
农村老兵六十岁了                living-subsidy-rural60
1954年以前当的兵                living-subsidy-pre1954
当兵得病回家的                  living-subsidy-sick
烈士的儿子六十岁了              living-subsidy-martyrchild60
烈属每月的抚恤金                bereaved-pension
残疾军人每月的抚恤              disability-pension
部队受伤想评残                  disability-grade
伤残等级想重新评                disability-grade
截肢了要装假肢                  rehab-device
轮椅坏了                        rehab-device
助听器                          rehab-device
伤残军人请护工的钱              nursing
老兵没人养老                    glory-home
想住光荣院                      glory-home
每年要证明人还在                annual-confirm
看病挂号能不能优先              medical-priority
老人白内障看不见                cataract-surgery
眼睛花了想检查                  eye-screening
功臣免费体检                    hero-checkup
老兵疗养                        recuperation
晚上睡不着老想以前打仗的事      psych-support
心里堵得慌想找人说说            psych-support
得了大病交不起医药费            hardship-veteran
家里着火房子烧了                hardship-veteran hardship-active
失业了没钱吃饭                  hardship-veteran
现役军人家里出车祸              hardship-active
丈夫要离婚                      rights-case
别人欠我钱不还                  rights-case
承包地被占了                    rights-case
打官司没钱请律师                legal-aid
帮我写个起诉状                  legal-aid
我要上访反映问题                petition
对处理结果不服                  petition
换手机号了                      contact-change
身份证号码登记错了              identity-correction
名字写错一个字                  identity-correction
我搬到另一个社区了              move
户口迁到外省                    transfer-out
搬到市里另一个县                transfer-county
我上班了要告诉你们              livelihood-change
孩子毕业了                      livelihood-change
老爷子昨天走了                  death-report
退伍证丢了从来没登记过          person-register
我是退役军人怎么登记            person-register
单身军人想找对象                mixer
过年有没有人来慰问              festival-visit
"""
LETTERS = """
sui jun                         accomp-subsidy accomp-placement
suijun jiashu                   accomp-subsidy accomp-placement
youdaizheng                     preferential-card
ydz                             preferential-card
guang rong pai                  honour-plaque plaque-replacement
ping can                        disability-grade
bai nei zhang                   cataract-surgery
falv yuanzhu                    legal-aid
flyz                            legal-aid
zhaopinhui                      job-fair
you er yuan                     child-school
xin ling yi zhan                psych-support
wo ma mei ren song yi yuan      household-help
"""
SLIPS = """
优代证丢了                      card-replacement
医疗优侍                        medical-priority
随君家属补助                    accomp-subsidy
抚血金                          bereaved-pension disability-pension martyr-lumpsum
白内章手术                      cataract-surgery
youdaizhegn                     preferential-card
suijn                           accomp-subsidy accomp-placement
zaopinhui                       job-fair
wheelchiar                      rehab-device
"""
ENGLISH = """
my mother needs somebody to take her to hospital   household-help
the tap is leaking                                 household-help
lost my card                                       card-replacement
free bus                                           bus-free
a school place for my child                        child-school
lawyer                                             legal-aid
hearing aid                                        rehab-device
job training                                       job-support
I cannot sleep                                     psych-support
my phone number changed                            contact-change
"""


def rows(text):
    for line in text.strip().splitlines():
        said, expected = line.split("  ", 1)
        yield said.strip(), set(expected.split())


@pytest.fixture(scope="module")
def services():
    """The shipped catalogue as if it were in force."""
    found = {}
    for number, folder in enumerate(sorted((ROOT / "catalogue" / "services").iterdir())):
        service = load_service(folder, facts=attributes.vocabulary_for(folder))
        found[service.code] = Published(number, 1, service)
    return found


@pytest.mark.parametrize(("said", "expected"), [*rows(SAID), *rows(LETTERS), *rows(SLIPS), *rows(ENGLISH)])
def test_a_plain_sentence_finds_its_service(services, said, expected):
    found = [hit.code for hit in finding.find(said, services)[:3]]
    assert expected & set(found), found


def test_the_list_of_sentences_is_long_and_speaks_of_most_services():
    every = [*rows(SAID), *rows(LETTERS), *rows(SLIPS), *rows(ENGLISH)]
    assert len(every) >= 60
    assert len(set().union(*(expected for _said, expected in every))) >= 45


def test_every_code_and_kind_that_the_file_speaks_of_exists(services):
    told = documents.plain(documents.read(ROOT / "catalogue" / finding.FILE))
    for code, one in told["services"].items():
        assert code in services, code
        kinds = {kind.code for kind in services[code].service.kinds}
        assert set(one.get("kinds", {})) <= kinds, code
        assert set(one) <= {"say", "kinds"}, code


def test_a_word_that_many_services_share_finds_those_that_pay(services):
    found = [services[hit.code].service for hit in finding.find("补助", services)[:5]]
    assert len(found) == 5
    assert all(one.amount is not None or "补助" in one.name.zh for one in found)


def test_the_kind_is_found_with_its_service(services):
    assert [(hit.code, hit.kind) for hit in finding.find("我妈没人送医院", services)][:1] == [
        ("household-help", "accompany")
    ]
    assert finding.find("听不见了，想要助听器", services)[0].kind == "hearing"


@pytest.mark.parametrize(
    "said", ["", "   ", "。。。", "请问怎么办", "zxqvw", "🙂", "' OR 1=1 --", "的" * 5000, "a" * 5000, "\x00"]
)
def test_what_means_nothing_finds_nothing_and_breaks_nothing(services, said):
    assert finding.find(said, services) == []


def test_only_the_services_given_are_found(services):
    few = {code: one for code, one in services.items() if code != "psych-support"}
    assert "psych-support" in {hit.code for hit in finding.find("睡不着", services)}
    assert "psych-support" not in {hit.code for hit in finding.find("睡不着", few)}


def test_a_service_without_a_line_in_the_file_is_found_by_its_name(services, settings, tmp_path):
    settings.CATALOGUE = tmp_path
    assert finding.find("光荣牌", services)[0].code in {"honour-plaque", "plaque-replacement"}
    assert finding.find("guang rong pai", services)[0].code in {"honour-plaque", "plaque-replacement"}


def test_a_file_that_cannot_be_read_leaves_the_names(services, settings, tmp_path):
    settings.CATALOGUE = tmp_path
    for broken in ("services: [", "services: {bus-free: 3}", "- x", "services: {bus-free: {say: [x]}}"):
        (tmp_path / finding.FILE).write_text(broken)
        assert finding.find("免费乘坐公交", services)[0].code == "bus-free", broken


def test_check_says_where_the_file_is_broken(tmp_path):
    (tmp_path / "services").mkdir()
    (tmp_path / finding.FILE).write_text("services:\n  a: [\n")
    found = checking.check(tmp_path)
    assert any(finding.FILE in str(problem) for problem in found.errors)

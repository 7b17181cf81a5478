"""The ledger of closed work (成果台账): which columns it may have, under which names, and what their cells may say."""

from __future__ import annotations

from collections.abc import Mapping

# code: the canonical Chinese header, then the other names that bureaus give the column
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "source": ("来源编号", "台账编号", "流水号", "编号", "source"),
    "kind": ("类别", "成果类别", "办结方式", "kind"),
    "service": ("事项编码", "事项代码", "事项", "service"),
    "programme": ("项目", "活动", "专项", "programme"),
    "category": ("分类", "种类", "category"),
    "level": ("级别", "授予级别", "level"),
    "area": ("地区代码", "区划代码", "行政区划代码", "area"),
    "id_number": ("身份证号", "身份证号码", "公民身份号码", "证件号码", "id_number"),
    "file_number": ("档案编号", "档案号", "file_number"),
    "household": ("户编号", "家庭编号", "household"),
    "organisation": ("机构序号", "organisation"),
    "place": ("场所序号", "place"),
    "happened_on": ("日期", "办结日期", "发生日期", "发放日期", "慰问日期", "happened_on"),
    "ended_on": ("结束日期", "终止日期", "ended_on"),
    "quantity": ("数量", "quantity"),
    "unit": ("单位", "计量单位", "unit"),
    "amount": ("金额（元）", "金额(元)", "金额", "发放金额", "amount"),
    "sealed": ("保密", "是否保密", "sealed"),
}
REQUIRED = ("source", "kind", "service", "happened_on")

KINDS: Mapping[str, tuple[str, ...]] = {
    "visit": ("慰问", "走访", "送喜报", "上门"),
    "payment": ("发放", "补助", "奖励金", "付款"),
    "card": ("优待证", "发证"),
    "placement": ("安置",),
    "appointment": ("预约", "体检", "诊疗"),
    "honour": ("荣誉", "表彰"),
    "seat": ("入学", "入托", "学位"),
    "plaque": ("挂牌", "授牌"),
    "advice": ("咨询", "答复"),
    "errand": ("代办", "上门服务"),
    "case": ("案件", "办件"),
    "site": ("阵地", "场所", "专线"),
    "event": ("活动",),
    "meeting": ("会议",),
    "project": ("工程",),
    "task": ("任务",),
    "need": ("需求",),
    "record": ("备案", "登记"),
}
LEVELS: Mapping[str, tuple[str, ...]] = {
    "nation": ("国家级", "全国", "国家"),
    "province": ("省级", "全省", "省"),
    "city": ("市级", "市"),
    "county": ("县级", "县"),
    "township": ("乡级", "镇级", "乡镇"),
    "village": ("村级", "社区级", "村"),
}
YES = frozenset({"是", "√", "y", "yes", "true", "1"})
NO = frozenset({"", "否", "×", "n", "no", "false", "0"})

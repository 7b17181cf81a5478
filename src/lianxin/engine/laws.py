"""What the statutes that the catalogue cites are called in English, as their published translations call them."""

from __future__ import annotations

TITLES = {
    "个人信息保护法": "Personal Information Protection Law",
    "信访工作条例": "Regulations on Letters and Visits",
    "兵役法": "Military Service Law",
    "军人地位和权益保障法": "Law on the Status, Rights and Interests of Military Personnel",
    "军人抚恤优待条例": "Regulations on Pensions and Preferential Treatment for Military Personnel",
    "国防教育法": "National Defence Education Law",
    "征兵工作条例": "Regulations on Conscription",
    "法律援助法": "Legal Aid Law",
    "烈士褒扬条例": "Regulations on Honouring Martyrs",
    "退役军人保障法": "Law on the Protection of Veterans",
    "退役军人安置条例": "Regulations on the Placement of Veterans",
    "人民调解法": "People's Mediation Law",
    "无障碍环境建设法": "Law on Building an Accessible Environment",
}


def english(law: str) -> str:
    """The English title of a statute; its own one where none is known."""
    return TITLES.get(law, law)

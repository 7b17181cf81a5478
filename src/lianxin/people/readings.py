"""How characters of names are read and written otherwise: tables from the tradition of Chinese names.

Surnames have readings of their own; where people disagree, all readings stand here and each finds the person.
``VARIANTS`` pairs forms that people type for each other: traditional, rare and everyday forms of one character.
"""

from __future__ import annotations

# Surnames that are read otherwise than the character alone; the usual reading comes first.
SURNAMES = {
    "单": "shan dan", "仇": "qiu chou", "曾": "zeng", "翟": "zhai di", "区": "ou qu", "查": "zha cha",
    "朴": "piao pu", "解": "xie jie", "覃": "qin tan", "尉": "wei yu", "盖": "ge gai", "任": "ren", "华": "hua",
    "洗": "xian xi", "冼": "xian", "种": "chong zhong", "缪": "miao mou", "宁": "ning", "召": "shao zhao", "燕": "yan",
    "那": "na", "乐": "yue le", "员": "yun yuan", "黑": "he hei", "秘": "bi mi", "折": "she zhe", "长": "chang zhang",
    "万": "wan mo", "柏": "bai bo", "卜": "bu", "令": "ling", "过": "guo", "逄": "pang", "逯": "lu", "褚": "chu",
    "隗": "kui wei", "郇": "xun huan", "晁": "chao", "都": "du dou", "哈": "ha", "句": "gou ju", "勾": "gou",
    "车": "che ju", "石": "shi", "沈": "shen", "贾": "jia gu", "阚": "kan", "佴": "nai er", "葛": "ge", "纪": "ji",
    "牟": "mou mu", "祭": "zhai ji", "繁": "po fan", "瞿": "qu ju", "谌": "chen shen", "臧": "zang", "尹": "yin",
    "於": "yu", "应": "ying", "呙": "guo", "郗": "xi chi", "筰": "zuo", "宓": "mi fu", "逮": "dai", "澹": "tan dan",
    "曲": "qu", "强": "qiang jiang", "颉": "xie jie", "訾": "zi", "郄": "qie xi", "洪": "hong", "禚": "zhuo",
    "乜": "nie mie", "钭": "tou", "眭": "sui", "妫": "gui", "芈": "mi", "亓": "qi", "晟": "cheng sheng",
    "夏": "xia", "俞": "yu", "余": "yu", "藏": "zang", "缑": "gou", "麴": "qu", "鲍": "bao", "殷": "yin",
    "适": "kuo shi", "重": "chong zhong", "盛": "sheng cheng", "尧": "yao", "薄": "bo bao", "冯": "feng",
    "可": "ke", "洼": "wa", "虑": "lü", "能": "nai neng", "干": "gan", "会": "kuai hui", "教": "jiao", "行": "xing",
    "炅": "gui", "炔": "gui", "仝": "tong", "操": "cao", "朝": "chao", "少": "shao", "相": "xiang", "便": "pian",
    "六": "lu", "揭": "jie", "佘": "she", "库": "she ku", "斜": "xia xie", "抹": "mo", "把": "ba", "哥": "ge",
}  # fmt: skip

# Surnames of two characters.
COMPOUND = {
    "欧阳": "ou yang", "上官": "shang guan", "司马": "si ma", "诸葛": "zhu ge", "东方": "dong fang",
    "皇甫": "huang fu", "尉迟": "yu chi", "公孙": "gong sun", "令狐": "ling hu", "慕容": "mu rong",
    "长孙": "zhang sun", "宇文": "yu wen", "夏侯": "xia hou", "司徒": "si tu", "万俟": "mo qi", "单于": "chan yu",
    "澹台": "tan tai", "呼延": "hu yan", "端木": "duan mu", "独孤": "du gu", "申屠": "shen tu", "闻人": "wen ren",
    "轩辕": "xuan yuan", "钟离": "zhong li", "赫连": "he lian", "濮阳": "pu yang", "淳于": "chun yu",
    "太史": "tai shi", "公冶": "gong ye", "宗政": "zong zheng", "司空": "si kong", "鲜于": "xian yu",
    "闾丘": "lü qiu", "亓官": "qi guan", "仉督": "zhang du", "子车": "zi ju", "颛孙": "zhuan sun",
    "拓跋": "tuo ba", "百里": "bai li", "东郭": "dong guo", "南宫": "nan gong", "西门": "xi men", "左丘": "zuo qiu",
    "梁丘": "liang qiu", "第五": "di wu", "纳兰": "na lan", "完颜": "wan yan", "叶赫": "ye he", "那拉": "na la",
    "钮祜": "niu hu", "爱新": "ai xin", "谷梁": "gu liang", "段干": "duan gan", "羊舌": "yang she", "微生": "wei sheng",
}  # fmt: skip

# Characters of given names that are read in more than one way.
GIVEN = {
    "乐": "le yue", "重": "chong zhong", "行": "xing hang", "长": "chang zhang", "朝": "chao zhao",
    "晟": "sheng cheng", "盛": "sheng cheng", "茜": "qian xi", "娜": "na nuo", "珏": "jue yu", "参": "can shen",
    "省": "sheng xing", "奇": "qi ji", "大": "da dai", "石": "shi dan", "涌": "yong chong", "叶": "ye xie",
    "宿": "su xiu", "柏": "bai bo", "还": "huan hai", "浚": "jun xun", "仔": "zi zai", "阿": "a e", "藏": "zang cang",
    "薄": "bo bao", "单": "dan shan", "传": "chuan zhuan", "中": "zhong", "少": "shao", "相": "xiang", "种": "zhong chong",
    "率": "shuai lü", "曾": "zeng ceng", "调": "tiao diao", "强": "qiang jiang", "钻": "zuan", "尽": "jin", "兴": "xing",
    "都": "du dou", "贾": "jia gu", "降": "jiang xiang", "仇": "chou qiu", "解": "jie xie", "铅": "qian yan",
    "荨": "xun qian", "谌": "chen shen", "俊": "jun", "尉": "wei yu", "和": "he", "宁": "ning", "蔚": "wei yu",
    "予": "yu", "差": "cha", "澄": "cheng deng", "炅": "jiong gui", "圩": "wei xu", "妗": "jin", "瑱": "tian zhen",
    "洵": "xun", "鑫": "xin", "彧": "yu", "昱": "yu", "甯": "ning", "那": "na nuo", "会": "hui kuai", "觉": "jue jiao",
    "弹": "tan dan", "虹": "hong jiang", "露": "lu lou", "绿": "lü lu", "翟": "zhai di", "朴": "pu piao", "查": "cha zha",
}  # fmt: skip

# Everyday form first, then what is typed for it.
_FORMS = (
    "吉𠮷 "
    "䶮龑 张張 刘劉 陈陳 杨楊 赵趙 黄黃 吴吳 孙孫 马馬 罗羅 郑鄭 谢謝 韩韓 冯馮 萧蕭肖 许許 邓鄧 "
    "叶葉 苏蘇 吕呂 蒋蔣 贾賈 陆陸 钟鍾鐘锺 卢盧 汤湯 谭譚 韦韋 邹鄒 龙龍 万萬 钱錢 严嚴 龚龔 庞龐 "
    "顾顧 贺賀 赖賴 齐齊 颜顏 温溫 芦蘆 聂聶 向嚮 娄婁 涂塗 关關 宁寧甯 闻聞 骆駱 欧歐 毕畢 单單 "
    "华華 车車 项項 窦竇 阎閻闫 侬儂 郸鄲 国國囯 军軍 伟偉 强強彊 刚剛 丽麗 红紅 兰蘭 凤鳳 云雲 东東 "
    "庆慶 荣榮 宝寶寳 义義 广廣 亚亞 汉漢 飞飛 学學 艳艷豔 娇嬌 兴興 银銀 铁鐵 钢鋼 锋鋒 镇鎮 锦錦 "
    "铭銘 鉴鑒鑑 锐銳 镇鎭 钧鈞 玺璽 玛瑪 珑瓏 琼瓊 琏璉 莹瑩 瑶瑤 玮瑋 炜煒 辉輝煇 烨燁曄 焕煥 灿燦 "
    "炼煉 炳昺昞 晓曉 晔曅 旸暘 时時 昙曇 显顯 昆崑 峰峯 岳嶽 岚嵐 岭嶺 岩巖嵒喦 屿嶼 峡峽 涛濤 泽澤 "
    "润潤 洁潔 清淸 渊淵 济濟 滨濱 湾灣 沪滬 浏瀏 浔潯 湿濕 满滿 泉湶 凯凱 净淨 凉涼 冲沖衝 准準 "
    "减減 丰豐 为爲為 举舉 乐樂 习習 书書 亿億 从從 仓倉 仪儀 伦倫 佥僉 侨僑 俭儉 优優 会會 传傳 "
    "杰傑 佑祐 备備 侠俠 儿兒 兑兌 党黨 养養 冈岡 写寫 农農 决決 则則 创創 划劃 剑劍劒 劲勁 励勵 "
    "势勢 胜勝 勋勛勳 务務 动動 区區 协協恊 卫衛衞 厉厲 历歷曆 压壓 县縣 参參 双雙 发發髮 变變 叙敍敘 "
    "台臺檯 号號 叹嘆 听聽 启啟啓 员員 响響 哗嘩 唤喚 喆哲 园園 围圍 图圖 圆圓 圣聖 场場 坚堅 坛壇 "
    "块塊 垒壘 垦墾 坤堃 执執 报報 壮壯 声聲 处處 复復 够夠 头頭 夸誇 奋奮 奖獎 妆妝 妇婦 妈媽 姗姍 "
    "娱娛 娴嫻嫺 婵嬋 婴嬰 姊姉 宪憲 宫宮 宾賓 实實 审審 宽寬 尔爾 尝嘗 尧堯 岁歲 帅帥 师師 带帶 "
    "帜幟 并並併 庄莊 庐廬 库庫 应應 庙廟 弥彌 归歸 录錄 彦彥 彻徹 征徵 径徑 德徳悳 志誌 忆憶 怀懷 "
    "态態 怜憐 总總 恋戀 恒恆 惠恵 悦悅 悬懸 惊驚 愿願 战戰 户戶 扬揚 抚撫 抛拋 护護 担擔 拥擁 择擇 "
    "挥揮 据據 掷擲 揽攬 携攜 摄攝 敌敵 数數 斋齋 断斷 无無 旧舊 旷曠 昼晝 晋晉 晖暉 暂暫 朴樸 机機 "
    "权權 条條 来來 极極 构構 枫楓 柠檸 树樹 栋棟 标標 桥橋 桦樺 桢楨 梦夢 检檢 楠枏 楼樓 榄欖 槟檳 "
    "欢歡 欣訢 欤歟 气氣 汇匯彙 沟溝 沣灃 沧滄 泾涇 浅淺 浆漿 浇澆 浈湞 测測 浍澮 浒滸 浓濃 涞淶 "
    "涟漣 涧澗 涤滌 渔漁 渐漸 游遊 溁濚 滢瀅 潆瀠 潇瀟 澜瀾 灏灝 灵靈 灶竈 炀煬 炽熾 点點 烁爍 烛燭 "
    "热熱 爱愛 爷爺 牵牽 状狀 独獨 狮獅 献獻 环環 现現 玑璣 珐琺 琎璡 琐瑣 瑷璦 璎瓔 瓒瓚 电電 画畫 "
    "畅暢 异異 发發 皓皜 监監 盖蓋 盘盤 真眞 眯瞇 睁睜 矫矯 矿礦 码碼 础礎 硕碩 确確 礼禮 祎禕 祯禎 "
    "祷禱 禄祿 禅禪 离離 种種 积積 称稱 稳穩 穗穂 穷窮 窍竅 竖豎 竞競 笃篤 笔筆 笺箋 筑築 简簡 箫簫 "
    "篮籃 类類 粮糧 糁糝 系係繫 紧緊 纪紀 约約 纤纖 纬緯 纯純 纲綱 纳納 纵縱 纶綸 纷紛 纹紋 纺紡 "
    "线線綫 练練 组組 细細 织織 终終 绍紹 经經 结結 绕繞 绘繪 给給 绚絢 络絡 绝絕 统統 绣繡綉 继繼 "
    "绩績勣 绪緒 续續 绮綺 维維 绵綿緜 绸綢 综綜 绿綠 缄緘 缅緬 缎緞 缔締 缘緣 缙縉 缜縝 缤繽 缨纓 "
    "缪繆 群羣 翘翹 翱翺 耀燿 耸聳 职職 联聯 聪聰 肃肅 肠腸 胆膽 胡鬍 脉脈 腾騰 舆輿 舰艦 艺藝 节節 "
    "芸蕓 苇葦 苍蒼 苹蘋 茎莖 荆荊 荐薦 荟薈 荧熒 药藥 莱萊 莲蓮 莳蒔 莺鶯 获獲 萝蘿 营營 萨薩 葱蔥 "
    "蒙濛 蓝藍 蓟薊 蔷薔 蔺藺 蕊蘂蕋 蕴蘊 虏虜 虑慮 虾蝦 蚁蟻 蚕蠶 蛮蠻 补補 袅裊嫋 袭襲 装裝 见見 "
    "观觀 规規 视視 览覽 觉覺 誉譽 计計 订訂 认認 让讓 训訓 议議 记記 讲講 论論 设設 访訪 证證 评評 "
    "识識 诉訴 词詞 译譯 试試 诗詩 诚誠 话話 询詢 详詳 语語 说說 请請 诸諸 诺諾 读讀 课課 谁誰 调調 "
    "谅諒 谈談 谊誼 谋謀 谌諶 谐諧 谦謙 谨謹 谱譜 贞貞 负負 财財 责責 贤賢 败敗 货貨 质質 贯貫 贵貴 "
    "贻貽 费費 资資 赋賦 赏賞 赐賜 赓賡 赞贊讚賛 赟贇 赠贈 赢贏 跃躍 践踐 轩軒 转轉 轮輪 软軟 轶軼 "
    "轻輕 载載 较較 辅輔 辈輩 输輸 辑輯 辙轍 边邊 辽遼 达達 迁遷 过過 迈邁 运運 还還 进進 远遠 连連 "
    "迟遲 逊遜 选選 递遞 邮郵 郁鬱 郏郟 郦酈 酝醞 释釋 里裏裡 针針 钊釗 钏釧 钗釵 钦欽 钰鈺 铃鈴 "
    "铎鐸 铖鋮 铠鎧 铮錚 链鏈 销銷 锁鎖 锂鋰 锡錫 锴鍇 锵鏘 键鍵 锻鍛 镐鎬 镕鎔 镜鏡 镭鐳 镯鐲 长長 "
    "门門 闪閃 闯闖 闰閏 闲閑閒 间間 闵閔 闽閩 阁閣 阅閱 阐闡 队隊 阳陽 阴陰 阵陣 阶階 际際 陇隴 "
    "陕陝 险險 随隨 隐隱 隽雋儁 难難 雏雛 雾霧 霁霽 静靜 韫韞 韬韜 韵韻 页頁 顶頂 须須鬚 颂頌 预預 "
    "领領 频頻 颖穎頴 题題 颜顔 额額 风風 飏颺 飒颯 馀餘 饶饒 驭馭 驰馳 驹駒 驻駐 驿驛 骁驍 骄驕 "
    "骅驊 骋騁 验驗 骏駿 骐騏 骞騫 骥驥 鱼魚 鲁魯 鲍鮑 鲜鮮 鲤鯉 鲲鯤 鲸鯨 鸟鳥 鸣鳴 鸥鷗 鸽鴿 鸾鸞 "
    "鸿鴻 鹃鵑 鹄鵠 鹅鵝鵞 鹏鵬 鹤鶴 鹭鷺 鹰鷹 麦麥 默黙 龄齡 龟龜 𬱖頔 𫖯頫 𬀩暐 𬭎鋐 𬍛瓅 𬸣鶱 "
    "𬬭錀 𬬻鑪 𬭊鐽 𬬱釿 𫟷釴 𫓧鈇 𬭚錞 𬭤鍭 𫓹鈶 㛃婖 堃坤 奔犇 哲喆 升昇 升陞 佩珮 颖穎 苏甦 "
    "干榦 克剋 克尅 襄勷 睿叡 浚濬 璇璿 璇琁 映暎 春旾 飙飚 飙猋 楠枬 静瀞 靚靓 宁甯 村邨 阶堦 年秊 "
    "喜囍 华嬅 娘孃 实寔 浸寖 鲜尟 昆崐 峨峩 岛嶌 岛島 文彣 德惪 悫愨 戛戞 时旹 是昰 皙晳 明朙 锨杴 "
    "柏栢 桑桒 棋棊 乘椉 梅槑 梅楳 冰氷 泉洤 净浄 澄澂 辉煇 熙熈 煕熙 焰燄 燮爕 皓皞 皓皡 棋碁 算祘 "
    "秘祕 秋秌 并竝 管筦 藤籐 洁絜 彩綵 膻羴 翱翶 专耑 肯肎 修脩 皋臯 皋皐 草艸 庄荘 果菓 盖葢 莼蓴 "
    "众衆 祢袮 睹覩 咏詠 喧諠 溪谿 登豋 剩賸 赣贛 迹跡 体軆 体體 乃迺 迥逈 远逺 遥遙 乡鄕 乡鄉 酬酧 "
    "醇醕 铁鉄 铁銕 炼鍊 铁鐡 堤隄 雍雝 灵霊 灵霛 雷靁 俯頫 帆颿 飙飇 饰餙 高髙 斗鬪 斗鬭 麟麐 粗麤 "
    "黉黌 和龢 秋龝 "
)


def _paired() -> dict[str, str]:
    """Every form → the one form that all of its kin are compared by."""
    kin: dict[str, str] = {}

    def first(character: str) -> str:
        while kin.get(character, character) != character:
            character = kin[character]
        return character

    for group in _FORMS.split():
        head = first(group[0])
        for other in group[1:]:
            kin[first(other)] = head
    return {character: first(character) for group in _FORMS.split() for character in group}


VARIANTS = {character: head for character, head in _paired().items() if character != head}

_ENDINGS = {
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u", "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u", "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e ei eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo un v ve yu yue",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve yu yue",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un", "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo", "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo", "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un", "w": "a ai an ang ao ei en eng o u",
    "": "a ai an ang ao e ei en eng er o ou",
}  # fmt: skip
SYLLABLES = frozenset(start + end for start, ends in _ENDINGS.items() for end in ends.split())
# Every beginning of a syllable that can be said, itself included.
BEGINNINGS = frozenset(
    (start + end)[:length]
    for start, ends in _ENDINGS.items()
    for end in ends.split()
    for length in range(1, len(start + end) + 1)
)

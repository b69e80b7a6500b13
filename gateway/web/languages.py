"""Which language a page speaks, and the words our pages share: Chinese first, English whole.

Templates carry both languages side by side (`t("中文", "English")`), so that neither can fall behind. What has its
own vocabulary, the steps of a product's life and the names of facts, stands here in tables.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["zh", "en"]
Say: TypeAlias = Callable[[str, str], str]

_LANGUAGES: dict[str | None, Language] = {"zh": "zh", "en": "en"}

# CBV 2.0 business steps, those of a product's life first; the rest answer by their own name.
STEPS: dict[str, tuple[str, str]] = {
    "commissioning": ("生产赋码", "Produced and coded"),
    "creating_class_instance": ("生产批次", "Lot produced"),
    "assembling": ("组装", "Assembled"),
    "inspecting": ("检验", "Inspected"),
    "sampling": ("抽样", "Sampled"),
    "sensor_reporting": ("检测上报", "Measured"),
    "packing": ("装箱", "Packed"),
    "unpacking": ("拆箱", "Unpacked"),
    "storing": ("入库", "Stored"),
    "loading": ("装车", "Loaded"),
    "unloading": ("卸车", "Unloaded"),
    "departing": ("启运", "Departed"),
    "shipping": ("发货", "Shipped"),
    "transporting": ("运输", "Transported"),
    "arriving": ("到达", "Arrived"),
    "receiving": ("收货", "Received"),
    "accepting": ("验收", "Accepted"),
    "stocking": ("上架", "Stocked"),
    "retail_selling": ("销售", "Sold"),
    "installing": ("安装", "Installed"),
    "repairing": ("维修", "Repaired"),
    "replacing": ("更换", "Replaced"),
    "removing": ("拆除", "Removed"),
    "holding": ("暂扣", "Held"),
    "collecting": ("回收", "Collected"),
    "void_shipping": ("取消发货", "Shipping voided"),
    "decommissioning": ("停用", "Decommissioned"),
    "destroying": ("销毁", "Destroyed"),
}

# What the parts of a GS1 key are, by their application identifiers.
IDENTIFIERS: dict[str, tuple[str, str]] = {
    "01": ("商品条码", "GTIN"),
    "21": ("序列号", "Serial number"),
    "10": ("批号", "Lot"),
    "235": ("第三方序列号", "Third party's serial number"),
    "00": ("物流单元代码", "Logistic unit (SSCC)"),
    "414": ("位置代码", "Place (GLN)"),
    "254": ("分区", "Extension"),
    "417": ("参与方代码", "Party (GLN)"),
    "253": ("单证代码", "Document (GDTI)"),
    "8003": ("可回收资产代码", "Returnable asset (GRAI)"),
    "8004": ("单个资产代码", "Individual asset (GIAI)"),
    "8006": ("商品组件代码", "Piece of a trade item (ITIP)"),
    "8010": ("零部件代码", "Component or part (CPI)"),
    "8011": ("序列号", "Serial number"),
    "8017": ("服务提供方代码", "Service provider (GSRN)"),
    "8018": ("服务接受方代码", "Service recipient (GSRN)"),
}

CATEGORIES: dict[str, tuple[str, str]] = {
    "cooker": ("燃气灶具", "gas cooker"),
    "water_heater": ("燃气热水器", "gas water heater"),
    "boiler": ("燃气采暖热水炉", "gas heating boiler"),
    "commercial": ("商用燃气器具", "commercial gas appliance"),
}

# What sensors measure, by GS1's vocabulary (gs1:MeasurementType).
MEASURES: dict[str, tuple[str, str]] = {
    "Temperature": ("温度", "Temperature"),
    "Pressure": ("压力", "Pressure"),
    "VolumetricFlow": ("流量", "Flow rate"),
    "VolumeFraction": ("体积分数", "Volume fraction"),
    "Concentration": ("浓度", "Concentration"),
    "Power": ("功率", "Power"),
    "Energy": ("能量", "Energy"),
    "Length": ("长度", "Length"),
    "Mass": ("质量", "Mass"),
    "Volume": ("体积", "Volume"),
    "Voltage": ("电压", "Voltage"),
    "ElectricCurrent": ("电流", "Electric current"),
    "Dimensionless": ("比值", "Ratio"),
}

# What participants of our trade add to events under a prefix of their own.
FIELDS: dict[str, tuple[str, str]] = {
    "lot": ("批号", "Lot"),
    "line": ("产线", "Line"),
    "standard": ("依据标准", "Standard"),
    "conclusion": ("结论", "Conclusion"),
    "shift": ("班次", "Shift"),
    "materialName": ("物料名称", "Material"),
    "specification": ("规格", "Specification"),
    "productionDate": ("生产日期", "Produced on"),
    "certificate": ("合格证明", "Certificate"),
    "laboratory": ("检验机构", "Laboratory"),
    "reportNumber": ("报告编号", "Report number"),
    "installationDate": ("安装日期", "Installed on"),
    "region": ("地区", "Region"),
}

UNITS: dict[str, str] = {
    "CEL": "℃",
    "PAL": "Pa",
    "KPA": "kPa",
    "KWT": "kW",
    "WTT": "W",
    "LTR": "L",
    "L2": "L/min",
    "P1": "%",
    "59": "ppm",
    "LH": "L/h",
    "E32": "L/h",
    "KGM": "kg",
    "MTR": "m",
    "MMT": "mm",
    "VLT": "V",
    "AMP": "A",
    "KWH": "kWh",
    "MTQ": "m³",
    "MQH": "m³/h",
}


def choose(asked: str | None, accepted: str) -> Language:
    """Pick a language: what was asked for, else what the browser prefers of the two, else Chinese."""
    best: Language = "zh"
    if asked in _LANGUAGES:
        return _LANGUAGES[asked]
    weight = 0.0
    for part in accepted.lower().split(","):
        tag, _, rest = part.strip().partition(";")
        found: Language | None = (
            "zh" if tag.startswith("zh") else "en" if tag.startswith("en") else None
        )
        if found and quality(rest) > weight:
            best, weight = found, quality(rest)
    return best


def speak(language: Language) -> Say:
    """Make the function by which templates pick one of two wordings."""
    return lambda chinese, english: chinese if language == "zh" else english


def word(table: dict[str, tuple[str, str]], name: str, language: Language) -> str:
    """Look a vocabulary's word up; one we have no translation for answers as itself, readable."""
    found = table.get(name)
    if found is None:
        return name.replace("_", " ")
    return found[0] if language == "zh" else found[1]


def quality(parameters: str) -> float:
    """Read the weight of one part of an Accept header."""
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def prefers(accepted: str, *kinds: str) -> str:
    """Choose by an Accept header one of these media types; the last where nothing decides."""
    weights = dict.fromkeys(kinds, 0.0)
    for part in (accepted or "*/*").split(","):
        kind, _, parameters = part.strip().partition(";")
        for known in kinds:
            if kind in (known, "*/*") and (kind == known or not weights[known]):
                weights[known] = quality(parameters)
    return max(reversed(kinds), key=weights.__getitem__)

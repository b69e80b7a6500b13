/**
 * The vocabulary of events in plain words, Chinese and English: steps and conditions (GS1 CBV 2.0), what is measured,
 * and units (UN/ECE Recommendation 20). What is not listed is shown as it was written.
 */
import type { Lang } from "./words.ts";

type Terms = Record<string, [zh: string, en: string]>;

export const STEPS: Terms = {
  accepting: ["验收", "Accepted"],
  arriving: ["到达", "Arrived"],
  assembling: ["组装", "Assembled"],
  collecting: ["回收", "Collected"],
  commissioning: ["生产赋码", "Produced and coded"],
  consigning: ["托运", "Consigned"],
  creating_class_instance: ["生产批次", "Lot produced"],
  cycle_counting: ["循环盘点", "Cycle counted"],
  decommissioning: ["停用", "Decommissioned"],
  departing: ["启运", "Departed"],
  destroying: ["销毁", "Destroyed"],
  disassembling: ["拆解", "Disassembled"],
  dispensing: ["发放", "Dispensed"],
  encoding: ["写入标签", "Tag written"],
  entering_exiting: ["出入场", "Entered or left"],
  holding: ["暂扣", "Held"],
  inspecting: ["检验", "Inspected"],
  installing: ["安装", "Installed"],
  killing: ["标签停用", "Tag killed"],
  loading: ["装车", "Loaded"],
  other: ["其他", "Other"],
  packing: ["装箱", "Packed"],
  picking: ["拣货", "Picked"],
  receiving: ["收货", "Received"],
  removing: ["拆除", "Removed"],
  repackaging: ["重新包装", "Repackaged"],
  repairing: ["维修", "Repaired"],
  replacing: ["更换", "Replaced"],
  reserving: ["预留", "Reserved"],
  retail_selling: ["销售", "Sold"],
  sampling: ["抽样", "Sampled"],
  sensor_reporting: ["检测上报", "Measured"],
  shipping: ["发货", "Shipped"],
  staging_outbound: ["待发", "Staged for shipping"],
  stock_taking: ["盘点", "Stock taken"],
  stocking: ["上架", "Stocked"],
  storing: ["入库", "Stored"],
  transporting: ["运输", "Transported"],
  unloading: ["卸车", "Unloaded"],
  unpacking: ["拆箱", "Unpacked"],
  void_shipping: ["取消发货", "Shipping voided"],
};

export const CONDITIONS: Terms = {
  active: ["已启用", "active"],
  available: ["可用", "available"],
  completeness_inferred: ["推定完整", "completeness inferred"],
  completeness_verified: ["确认完整", "completeness verified"],
  conformant: ["合格", "conformant"],
  container_closed: ["已封箱", "container closed"],
  container_open: ["已开箱", "container open"],
  damaged: ["损坏", "damaged"],
  destroyed: ["已销毁", "destroyed"],
  dispensed: ["已发放", "dispensed"],
  disposed: ["已处置", "disposed of"],
  encoded: ["已写码", "encoded"],
  expired: ["已过期", "expired"],
  in_progress: ["处理中", "in progress"],
  in_transit: ["运输中", "in transit"],
  inactive: ["未启用", "inactive"],
  mismatch_class: ["类别不符", "class mismatch"],
  mismatch_instance: ["单品不符", "instance mismatch"],
  mismatch_quantity: ["数量不符", "quantity mismatch"],
  needs_replacement: ["需更换", "needs replacement"],
  no_pedigree_match: ["来源不符", "no pedigree match"],
  non_conformant: ["不合格", "non-conformant"],
  non_sellable_other: ["不可销售", "not sellable"],
  partially_dispensed: ["部分发放", "partially dispensed"],
  recalled: ["已召回", "recalled"],
  reserved: ["已预留", "reserved"],
  retail_sold: ["已售出", "sold"],
  returned: ["已退回", "returned"],
  sellable_accessible: ["可销售", "for sale"],
  sellable_not_accessible: ["可销售（未上架）", "for sale, not on display"],
  stolen: ["被盗", "stolen"],
  unavailable: ["不可用", "unavailable"],
  unknown: ["不明", "unknown"],
};

export const MEASURES: Terms = {
  AbsoluteHumidity: ["绝对湿度", "Absolute humidity"],
  CarbonMonoxide: ["烟气中一氧化碳", "Carbon monoxide in flue gas"],
  Concentration: ["浓度", "Concentration"],
  Count: ["次数", "Count"],
  Dimensionless: ["比值", "Ratio"],
  ElectricCurrent: ["电流", "Electric current"],
  Energy: ["能量", "Energy"],
  GasTightness: ["气密性", "Gas tightness"],
  HeatLoad: ["热负荷", "Heat load"],
  Length: ["长度", "Length"],
  Mass: ["质量", "Mass"],
  MassConcentration: ["质量浓度", "Mass concentration"],
  Power: ["热负荷（功率）", "Heat load (power)"],
  Pressure: ["压力", "Pressure"],
  RelativeHumidity: ["相对湿度", "Relative humidity"],
  Resistance: ["电阻", "Resistance"],
  SoundLevel: ["噪声", "Noise"],
  Speed: ["速度", "Speed"],
  Temperature: ["温度", "Temperature"],
  ThermalEfficiency: ["热效率", "Thermal efficiency"],
  Time: ["时间", "Time"],
  Voltage: ["电压", "Voltage"],
  Volume: ["体积", "Volume"],
  VolumeFlowRate: ["流量", "Flow rate"],
  VolumetricFlow: ["流量", "Flow rate"],
  VolumeFraction: ["体积分数", "Volume fraction"],
  "UGFAIRIUMAVXCW-UHFFFAOYSA-N": ["一氧化碳", "carbon monoxide"],
  "VNWKTOKETHGBQD-UHFFFAOYSA-N": ["甲烷", "methane"],
};

/** Names that enterprises give to facts of their own, in their short form. */
export const DETAILS: Terms = {
  certificate: ["合格证明", "Certificate"],
  conclusion: ["结论", "Conclusion"],
  customerAddress: ["用户地址", "Customer's address"],
  customerName: ["用户", "Customer"],
  inspectionType: ["检测类型", "Kind of inspection"],
  installationDate: ["安装日期", "Installed on"],
  laboratory: ["检验机构", "Laboratory"],
  line: ["生产线", "Production line"],
  lot: ["生产批号", "Lot"],
  materialName: ["物料名称", "Material"],
  operatorName: ["操作人员", "Operator"],
  price: ["价格", "Price"],
  productionDate: ["生产日期", "Produced on"],
  region: ["地区", "Region"],
  reportNumber: ["报告编号", "Report number"],
  shift: ["班次", "Shift"],
  specification: ["规格", "Specification"],
  standard: ["依据标准", "Standard"],
};

/** Why something was corrected, withdrawn (GS1 CBV 2.0) or erased (Personal Information Protection Law, article 47). */
export const ERRORS: Terms = {
  consent_withdrawn: ["本人撤回同意", "consent withdrawn"],
  did_not_occur: ["事件并未发生", "it did not occur"],
  incorrect_data: ["内容有误", "the data were incorrect"],
  ordered: ["法院或主管部门要求", "ordered by a court or authority"],
  purpose_ended: ["处理目的已实现或不再需要", "its purpose has ended"],
  retention_ended: ["保存期限已满", "its retention period has ended"],
  unlawful: ["违法或违约的处理", "unlawful processing"],
};

export const UNITS: Record<string, string> = {
  "2N": "dB", "59": "ppm", "C62": "", "CEL": "°C", "CMT": "cm", "GP": "mg/m³",
  "GRM": "g", "HUR": "h", "JOU": "J", "KEL": "K", "KGM": "kg", "KPA": "kPa", "KVT": "kV", "KWH": "kWh", "KWT": "kW",
  "L2": "L/min", "LTR": "L", "MBR": "mbar", "MIN": "min", "MMT": "mm", "MPA": "MPa", "MQH": "m³/h", "MTR": "m",
  "OHM": "Ω", "P1": "%", "PAL": "Pa", "PPM": "ppm", "SEC": "s", "VLT": "V", "WTT": "W", "AMP": "A", "MTQ": "m³",
};

/** The last part of a word that may be written bare, as a URN or as a web address. */
export const short = (word: string): string =>
  word.replace(/^.*[:/#]/, "").replace(/^(?:BizStep|Disp|ER|Comp|MeasurementType|MT)-/, "");

/** Say a word of the vocabulary; what is not in it stays as it was written. */
export function term(terms: Terms, word: string, lang: Lang): string {
  const known = Object.entries(terms).find(([name]) => name === short(word))?.[1];
  return known ? known[lang === "zh" ? 0 : 1] : short(word) || word;
}

/**
 * How long a gas appliance may be used safely, and the last day of that; the twin of indexer/core/safeuse.py.
 */
import type { JsonObject } from "./canonical.ts";

const YEARS: Record<string, number> = { cooker: 8, other: 10 };
const BY_GAS: Record<string, number> = { R: 6, T: 8, Y: 8 };

/** The years that GB 17905-2008 sets, undefined where it sets none that we know of. */
function least({ category, gasClass }: JsonObject): number | undefined {
  if (category === "water_heater" || category === "boiler") {
    return typeof gasClass === "string" ? BY_GAS[gasClass.slice(-1)] : undefined;
  }
  return typeof category === "string" && Object.hasOwn(YEARS, category) ? YEARS[category] : undefined;
}

/** How many years a product is for, and whether its maker said so; else the standard does. */
export function years(product: JsonObject): [count: number, declared: boolean] | undefined {
  const said = product["safeUseYears"];
  const standard = least(product);
  if (typeof said === "number" && Number.isInteger(said) && said >= (standard ?? 1) && said <= 100) return [said, true];
  return standard === undefined ? undefined : [standard, false];
}

/** The last day of so many years from the day of sale; both as YYYY-MM-DD. */
export function until(sold: string, count: number): string | undefined {
  const year = Number(sold.slice(0, 4)) + count;
  if (sold.length !== 10 || year > 9999) return undefined;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const day = sold.slice(4) === "-02-29" && !leap ? "-02-28" : sold.slice(4);
  return String(year).padStart(4, "0") + day;
}

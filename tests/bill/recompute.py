"""Recomputes the bill of a finished run from its meters and the price tables, sharing no code with the program.

    recompute.py RUN_FOLDER...

Reads summary.json (meters), bill.csv and timeline.csv of each folder and the tables in sim/pricing/data, prints what does
not agree to the last digit (10^-9 USD), and exits with 1 if anything does not. Knows no line item: a new one is checked as
soon as the tables have its price.
"""

import collections
import csv
import dataclasses
import json
import pathlib
import sys
from decimal import Decimal
from fractions import Fraction

PRICES = pathlib.Path(__file__).resolve().parents[2] / "sim/pricing/data"
ON_DEMAND = "ec2.on_demand."
SPOT = "ec2.spot."
EXTERNAL = "external.requests"  # at the price that the scenario gives; the bill's own price is taken

HOUR = 3600
MONTH = 730 * HOUR
GIB = 2**30
# What a price is for -> what its meter counts, and how much of that.
UNITS = {
    "GB": ("byte", GIB),
    "GB-hour": ("MiB*s", 1024 * HOUR),
    "GB-memory": ("MiB", 1024),
    "GB-month": ("MiB*s", 1024 * MONTH),
    "GB-second": ("MiB*ms", 1024 * 1000),
    "IOPS-month": ("IOPS*s", MONTH),
    "LCU-hour": ("nanoLCU-hour", 10**9),
    "MiBps-month": ("MiBps*s", MONTH),
    "USD-on-demand": ("nanoUSD", 10**9),
    "alarm-metric-month": ("alarm-metric*s", MONTH),
    "alarm-month": ("alarm*s", MONTH),
    "connection-minute": ("connection*ms", 60_000),
    "hour": ("s", HOUR),
    "instance-month": ("instance*s", MONTH),
    "message": ("message", 1),
    "metric-month": ("metric*s", MONTH),
    "request": ("request", 1),
    "vCPU-hour": ("CPU-unit*s", 1024 * HOUR),
}


@dataclasses.dataclass
class Tier:
    usd: Fraction
    start: int  # units of sale of the account's month
    end: int | None


@dataclasses.dataclass
class Tariff:
    unit: str
    tiers: list[Tier]


def table(name: str) -> list[list[str]]:
    lines = (PRICES / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


class Prices:
    """The tables in sim/pricing/data."""

    def __init__(self):
        self.services: dict[tuple[str, str], Tariff] = {}
        header, *rows = table("services.tsv")
        for cells in rows:
            row = dict(zip(header, cells, strict=True))
            tariff = self.services.setdefault((row["line_item"], row["region"]), Tariff(row["unit"], []))
            end = int(row["tier_to"]) if row["tier_to"] else None
            tariff.tiers.append(Tier(Fraction(row["usd"]), int(row["tier_from"]), end))
        for tariff in self.services.values():
            tariff.tiers.sort(key=lambda tier: tier.start)
        rows = [cells for cells in table("ec2_on_demand.tsv") if len(cells[0]) > 1]  # a lone letter is a source
        self.on_demand = {cells[0]: dict(zip(rows[0][1:], cells[1:], strict=True)) for cells in rows[1:]}
        rows = [cells for cells in table("ec2_spot.tsv") if len(cells[0]) > 1]
        self.spot = {cells[0]: dict(zip(rows[0][1:], cells[1:], strict=True)) for cells in rows[1:]}

    def tariff(self, line_item: str, region: str) -> Tariff | None:
        if line_item.startswith(ON_DEMAND):
            price = self.on_demand.get(line_item.removeprefix(ON_DEMAND), {}).get(region)
            return Tariff("hour", [Tier(Fraction(price[:-1]), 0, None)]) if price else None
        if line_item.startswith(SPOT):  # "68d": 68 % below the on-demand price
            demand = self.tariff(ON_DEMAND + line_item.removeprefix(SPOT), region)
            savings = self.spot.get(line_item.removeprefix(SPOT), {}).get(region)
            if not demand or not savings:
                return None
            return Tariff("hour", [Tier(demand.tiers[0].usd * (100 - int(savings[:-1])) / 100, 0, None)])
        return self.services.get((line_item, region)) or self.services.get((line_item, "*"))


def half_even(value: Fraction, decimals: int) -> Fraction:
    return Fraction(round(value * 10**decimals), 10**decimals)  # round() of a Fraction goes to the even one


def filled(tariff: Tariff, units: int, factor: int) -> list[int]:
    """How many of the account's `units` fall into each tier."""
    ends = [units if tier.end is None else min(units, tier.end * factor) for tier in tariff.tiers]
    return [max(0, end - tier.start * factor) for tier, end in zip(tariff.tiers, ends, strict=True)]


def read_csv(path: pathlib.Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Check:
    """One run's folder against the prices; `mistakes` says what does not agree."""

    def __init__(self, folder: pathlib.Path, prices: Prices):
        self.prices = prices
        self.summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"), parse_float=Decimal)
        self.regions = {service["name"]: service.get("region", "") for service in self.summary["services"]}
        self.bill = read_csv(folder / "bill.csv")
        self.timeline = read_csv(folder / "timeline.csv")
        self.mistakes: list[str] = []
        self.by_account: dict[tuple[str, str], tuple[Tariff, list[int]]] = {}  # units by tier
        self.lines_of_bill()
        self.tiers_of_account()
        self.sums()

    def lines_of_bill(self):
        """Each meter's units, spread over tiers as the bill has them, priced anew."""
        rows = collections.defaultdict(list)
        for row in self.bill:
            rows[row["service"], row["line_item"]].append(row)
        for meter in self.summary["meters"]:
            self.line(meter, rows.pop((meter["service"], meter["name"]), []))
        for service, line_item in rows:
            self.mistakes.append(f"{service} {line_item}: billed, but there is no such meter")

    def line(self, meter: dict, rows: list[dict[str, str]]):
        name = f"{meter['service']} {meter['name']}"
        region = self.regions[meter["service"]]
        tariff = self.external(rows) if meter["name"] == EXTERNAL else self.prices.tariff(meter["name"], region)
        if tariff is None:
            self.mistakes.append(f"{name}: the tables have no price in {region}")
            return
        meter_unit, factor = UNITS[tariff.unit]
        if meter["unit"] != meter_unit:
            self.mistakes.append(f"{name}: metered in {meter['unit']}, not in {meter_unit}")
        key = (meter["name"], meter["service"] if meter["name"] == EXTERNAL else region)
        account = self.by_account.setdefault(key, (tariff, [0] * len(tariff.tiers)))[1]
        billed = 0
        tiers = iter(enumerate(tariff.tiers))
        for row in rows:
            price = Fraction(row["unit_price_usd"])
            i = next((i for i, tier in tiers if tier.usd == price), None)
            if i is None or row["unit"] != tariff.unit:
                self.mistakes.append(f"{name}: {row['unit_price_usd']} USD per {row['unit']} is no tier of it")
                return
            units = round(Fraction(row["quantity"]) * factor)
            billed += units
            account[i] += units
            self.amounts(name, row, Fraction(units, factor), price)
        if billed != meter["quantity"]:
            self.mistakes.append(f"{name}: {billed} {meter_unit} billed, {meter['quantity']} metered")

    def external(self, rows: list[dict[str, str]]) -> Tariff:
        return Tariff("request", [Tier(Fraction(rows[0]["unit_price_usd"] if rows else 0), 0, None)])

    def amounts(self, name: str, row: dict[str, str], quantity: Fraction, price: Fraction):
        if Fraction(row["quantity"]) != half_even(quantity, 15):
            self.mistakes.append(f"{name}: quantity {row['quantity']} is not {float(quantity)}")
        usd = half_even(quantity * price, 9)
        if Fraction(row["usd"]) != usd:
            self.mistakes.append(f"{name}: {row['usd']} USD billed, {Decimal(usd.numerator) / usd.denominator} recomputed")

    def tiers_of_account(self):
        """All services together fill the tiers from the first on. Who filled which depends on time; how much, not."""
        for (line_item, region), (tariff, units) in self.by_account.items():
            expected = filled(tariff, sum(units), UNITS[tariff.unit][1])
            if units != expected:
                self.mistakes.append(f"{line_item} in {region}: tiers hold {units}, not {expected}")

    def sums(self):
        """Windows add up to the bill, service by service, and so does the summary."""
        totals = []
        for rows, column in ((self.bill, "usd"), (self.timeline, "cost_usd")):
            sums = collections.defaultdict(Decimal)
            for row in rows:
                sums[row["service"]] += Decimal(row[column])
            totals.append({service: usd for service, usd in sums.items() if usd})
        totals.append({service["name"]: Decimal(service["cost_usd"]) for service in self.summary["services"] if service["cost_usd"]})
        for name, other in zip(("timeline.csv", "summary.json"), totals[1:]):
            for service in sorted(totals[0].keys() | other.keys()):
                if totals[0].get(service, 0) != other.get(service, 0):
                    self.mistakes.append(f"{service}: {totals[0].get(service, 0)} USD in bill.csv, {other.get(service, 0)} in {name}")
        if sum(totals[0].values()) != Decimal(self.summary["cost_usd"]):
            self.mistakes.append(f"{sum(totals[0].values())} USD in bill.csv, {self.summary['cost_usd']} in summary.json")


def mistakes(folder: pathlib.Path, prices: Prices | None = None) -> list[str]:
    return Check(folder, prices or Prices()).mistakes


def main() -> int:
    prices = Prices()
    found = [f"{folder}: {mistake}" for folder in sys.argv[1:] for mistake in mistakes(pathlib.Path(folder), prices)]
    print("\n".join(found) if found else "every bill agrees")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

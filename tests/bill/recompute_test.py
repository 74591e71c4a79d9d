"""Recomputes the bills of the shipped scenarios, and holds the recomputation to bills made by hand."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import recompute

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def tool(*arguments):
    done = subprocess.run([os.environ["SKYREPLAY"], *map(str, arguments)], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments}: exit {done.returncode}\n{done.stderr}")


class Folder(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="skyreplay-bill-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)


class Scenarios(Folder):
    def check_scenario(self, scenario, trace):
        out = self.folder / "out"
        tool("run", scenario, "--trace", trace, "--out", out, "--force")
        self.assertEqual(recompute.mistakes(out), [])
        self.assertGreater(len(recompute.read_csv(out / "bill.csv")), 0)

    def test_the_bill_of_every_shipped_scenario_is_recomputed_to_the_last_digit(self):
        specs = sorted((SOURCE / "scenarios").glob("*/workload.yaml"))
        self.assertGreater(len(specs), 0)
        for spec in specs:
            with self.subTest(spec.parent.name):
                trace = self.folder / f"{spec.parent.name}.skytrace"
                tool("trace", "synth", spec, "--out", trace)
                self.check_scenario(spec.parent / "scenario.yaml", trace)


class ByHand(Folder):
    """A bill of three platforms: what each line costs is worked out in the comments."""

    meters = [
        # 0.1008 x 151 / 3,600 = 0.004228
        ("web", "ec2.on_demand.m7i.large", "s", 151),
        # 0.008 x 1.005828380 = 0.00804662704, to the nearest 10^-9: 0.008046627
        ("web", "alb.lcu", "nanoLCU-hour", 1_005_828_380),
        # Of 10,245 GB the first 10,240 at 0.09, and 5 at 0.085; both services fill one account's tier.
        ("web", "data_transfer.internet_out", "byte", 10_000 * 2**30),
        ("tasks", "data_transfer.internet_out", "byte", 245 * 2**30),
        # 0.25 vCPU for 76 s: 0.04048 x 19 / 3,600 = 0.000213644..., rounded 0.000213644
        ("tasks", "fargate.linux_x86_vcpu", "CPU-unit*s", 76 * 256),
        ("tasks", "alb.load_balancer", "s", 0),
    ]
    bill = [
        "web,ec2.on_demand.m7i.large,hour,0.041944444444444,0.1008,0.004228000",
        "web,alb.lcu,LCU-hour,1.00582838,0.008,0.008046627",
        "web,data_transfer.internet_out,GB,10000,0.09,900.000000000",
        "tasks,data_transfer.internet_out,GB,240,0.09,21.600000000",
        "tasks,data_transfer.internet_out,GB,5,0.085,0.425000000",
        "tasks,fargate.linux_x86_vcpu,vCPU-hour,0.005277777777778,0.04048,0.000213644",
    ]
    timeline = ["web,900.000000000", "web,0.012274627", "tasks,22.025000000", "tasks,0.000213644"]
    costs = {"web": "900.012274627", "tasks": "22.025213644"}

    def mistakes(self, bill=None, timeline=None, meters=None, cost="922.037488271"):
        services = ", ".join(f'{{"name": "{name}", "region": "us-east-1", "cost_usd": {usd}}}' for name, usd in self.costs.items())
        keys = ("service", "name", "unit", "quantity")
        rows = json.dumps([dict(zip(keys, meter)) for meter in meters or self.meters])
        (self.folder / "summary.json").write_text(f'{{"cost_usd": {cost}, "services": [{services}], "meters": {rows}}}')
        header = "service,line_item,unit,quantity,unit_price_usd,usd"
        (self.folder / "bill.csv").write_text("\n".join([header, *(bill or self.bill)]) + "\n")
        (self.folder / "timeline.csv").write_text("\n".join(["service,cost_usd", *(timeline or self.timeline)]) + "\n")
        return recompute.mistakes(self.folder)

    def replaced(self, old, new):
        self.assertEqual(sum(old in line for line in self.bill), 1)
        return [line.replace(old, new) for line in self.bill]

    def test_a_bill_that_is_right_has_no_mistake(self):
        self.assertEqual(self.mistakes(), [])

    def test_a_last_digit_that_is_off_is_found(self):
        self.assertEqual(self.mistakes(self.replaced("0.008046627", "0.008046628"))[0],
                         "web alb.lcu: 0.008046628 USD billed, 0.008046627 recomputed")

    def test_a_window_that_is_off_is_found(self):
        timeline = [*self.timeline[:3], "tasks,0.000213645"]
        self.assertEqual(self.mistakes(timeline=timeline), ["tasks: 22.025213644 USD in bill.csv, 22.025213645 in timeline.csv"])

    def test_a_total_that_is_off_is_found(self):
        self.assertEqual(self.mistakes(cost="922.037488272"), ["922.037488271 USD in bill.csv, 922.037488272 in summary.json"])

    def test_what_was_metered_and_not_billed_is_found(self):
        self.assertIn("web ec2.on_demand.m7i.large: 0 s billed, 151 metered", self.mistakes(self.bill[1:]))

    def test_what_was_billed_and_not_metered_is_found(self):
        self.assertIn("web alb.lcu: billed, but there is no such meter", self.mistakes(meters=[*self.meters[:1], *self.meters[2:]]))

    def test_a_tier_that_is_left_out_is_found(self):
        bill = [*self.bill[:3], "tasks,data_transfer.internet_out,GB,245,0.09,22.050000000", self.bill[5]]
        self.assertIn(f"data_transfer.internet_out in us-east-1: tiers hold {[10245 * 2**30, 0, 0, 0]}, "
                      f"not {[10240 * 2**30, 5 * 2**30, 0, 0]}", self.mistakes(bill))

    def test_an_external_service_costs_what_its_scenario_says(self):
        meters = [*self.meters, ("web", "external.requests", "request", 3)]
        bill = [*self.bill, "web,external.requests,request,3,0.5,1.500000001"]
        self.assertEqual(self.mistakes(bill, meters=meters)[0],
                         "web external.requests: 1.500000001 USD billed, 1.5 recomputed")

    def test_a_price_that_is_not_in_the_tables_is_found(self):
        self.assertIn("web ec2.on_demand.m7i.large: 0.1007 USD per hour is no tier of it",
                      self.mistakes(self.replaced(",0.1008,", ",0.1007,")))


if __name__ == "__main__":
    sys.exit(unittest.main())

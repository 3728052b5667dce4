import type { AlertCases, Case } from "../alert-case";
import { node, of, superlinkNode, type Labels } from "./scraped";
import { tells } from "./tells";

const DAY = 86_400;

/** When a certificate expires, in days from the start of the story; what is there of it over time. */
function certificate(target: Labels, path: string, days: number, count = 1500): Case["series"] {
  const metric = "flower_monitoring_certificate_expiry_timestamp_seconds";
  return { [of(target)(metric, { path })]: `${days * DAY}x${count}` };
}

const CA = "/etc/flower/ca.crt";
const labels = { ...superlinkNode, path: CA };

/** One with 30 days left, that nobody renews for 31 days, and then somebody. Steps of half an hour. */
const forgotten = {
  ...certificate(superlinkNode, CA, 30),
  [of(superlinkNode)("flower_monitoring_certificate_expiry_timestamp_seconds", { path: CA })]:
    `${30 * DAY}x1487 ${390 * DAY}x100`,
};
const interval = "30m";
/** Its moments, in hours: 9 days are 216 h. */
const story = (expect: Case["expect"]): Case => ({
  name: "a certificate is renewed a day after its end",
  interval,
  series: forgotten,
  expect,
});

const silent: Case[] = [
  {
    name: "certificates with months left, on two hosts",
    interval,
    series: { ...certificate(superlinkNode, CA, 300), ...certificate(node, CA, 200) },
    expect: { "24h": [], "700h": [] },
  },
  {
    name: "a certificate is renewed a month before its end",
    interval,
    series: {
      [of(node)("flower_monitoring_certificate_expiry_timestamp_seconds", { path: CA })]:
        `${52 * DAY}x1049 ${120 * DAY}x400`,
    },
    expect: { "24h": [], "520h": [], "700h": [] },
  },
  {
    // HostFactMissing tells that.
    name: "a file that cannot be read has no time",
    interval,
    series: {
      [of(node)("flower_monitoring_fact_missing", {
        fact: `certificate:${CA}`,
        reason: "no such file",
      })]: "1x1500",
    },
    expect: { "24h": [], "700h": [] },
  },
];

export const certificateCases: Record<string, AlertCases> = {
  CertificateExpiring: {
    fires: [
      story({
        "215h": [],
        "217h": [tells("CertificateExpiring", labels, "20d 23h 0m 0s")],
        "640h": [tells("CertificateExpiring", labels, "3d 8h 0m 0s")],
        // From here on CertificateExpiringSoon.
        "649h": [],
        "700h": [],
        "740h": [],
      }),
    ],
    silent,
  },
  CertificateExpiringSoon: {
    fires: [
      story({
        "647h": [],
        "649h": [tells("CertificateExpiringSoon", labels, "2d 23h 0m 0s")],
        "719h": [tells("CertificateExpiringSoon", labels, "1h 0m 0s")],
        // From here on CertificateExpired.
        "721h": [],
        "746h": [],
      }),
    ],
    silent,
  },
  CertificateExpired: {
    fires: [
      story({
        "719h": [],
        "721h": [tells("CertificateExpired", labels, "1h 0m 0s")],
        "743h": [tells("CertificateExpired", labels, "23h 0m 0s")],
        "745h": [],
      }),
    ],
    silent,
  },
};

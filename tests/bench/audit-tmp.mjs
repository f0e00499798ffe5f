// One page under Lighthouse: node audit.mjs TASK.json REPORT.json
// A Cookie header (--extra-headers) would not do: after the first Set-Cookie, Chromium sends its own cookies instead.
import { readFileSync, writeFileSync } from "node:fs";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const [, , taskFile, reportFile] = process.argv;
const task = JSON.parse(readFileSync(taskFile, "utf8"));
const browser = await puppeteer.launch({ executablePath: task.chromium, args: task.flags });
try {
  for (const [name, value] of Object.entries(task.cookies)) await browser.setCookie({ name, value, domain: "127.0.0.1", path: "/" });
  const page = await browser.newPage();
  const flags = { onlyCategories: task.categories, disableStorageReset: true, blockedUrlPatterns: task.blocked };
  const { lhr } = await lighthouse(task.url, flags, undefined, page);
  if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
  if (lhr.finalDisplayedUrl !== task.url) throw new Error(`${task.url} led to ${lhr.finalDisplayedUrl}`);
  const scores = Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, Math.floor(100 * score)]));
  writeFileSync(reportFile, JSON.stringify(scores)); for (const k of ["first-contentful-paint","largest-contentful-paint","total-blocking-time","cumulative-layout-shift","speed-index","layout-shifts"]) console.error(k, lhr.audits[k].displayValue, lhr.audits[k].score, JSON.stringify(lhr.audits[k].details?.items ?? "").slice(0,1500));
} finally {
  await browser.close();
}

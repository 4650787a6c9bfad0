// Reads what `dotnet list package --vulnerable --format json` and `npm audit --json` said, and says it in lines.
//   node tests/audit.mjs NUGET-REPORT NPM-REPORT
// Exit code 1 when a known vulnerability is high or critical. A registry that gives no answer is named and passed over:
// mirrors without audit data are common, and the next run with a full registry will tell.
import { readFileSync } from "node:fs";

const grave = new Set(["high", "critical"]);
const read = path => { try { return JSON.parse(readFileSync(path, "utf8")); } catch { return null; } };

export function nugetFindings(report) {
  const packages = (report?.projects ?? []).flatMap(project => (project.frameworks ?? []).flatMap(f => [...(f.topLevelPackages ?? []), ...(f.transitivePackages ?? [])]));
  const found = packages.flatMap(p => (p.vulnerabilities ?? []).map(v => `${p.id} ${p.resolvedVersion}: ${v.severity.toLowerCase()} ${v.advisoryurl ?? ""}`));
  return [...new Set(found)];
}

export function npmFindings(report) {
  return Object.values(report?.vulnerabilities ?? {}).map(v => `${v.name} ${v.range ?? ""}: ${v.severity} ${(v.via ?? []).map(via => via.url ?? via).join(" ")}`);
}

// A source without this resource reports no vulnerability of anything, which looks the same as none.
async function hasAuditData(source) {
  if (!/^https?:/.test(source)) return false;
  try {
    const index = await (await fetch(source, { signal: AbortSignal.timeout(15_000) })).json();
    return index.resources.some(resource => String(resource["@type"]).startsWith("VulnerabilityInfo"));
  } catch { return false; }
}

async function nuget(report) {
  if (!report?.projects) return "NuGet gave no answer";
  const problems = (report.problems ?? []).map(p => p.text ?? "").filter(Boolean);
  if (nugetFindings(report).length > 0) return null;
  if (problems.length > 0) return `NuGet gave no whole answer: ${problems[0]}`;
  const known = await Promise.all((report.sources ?? []).map(hasAuditData));
  return known.some(Boolean) || !report.sources?.length ? null : "NuGet's source has no audit data";
}

const [nugetReport, npmReport] = process.argv.slice(2).map(read);
const silent = [await nuget(nugetReport), npmReport?.vulnerabilities ? null : `npm gave no answer${npmReport?.message ? `: ${npmReport.message.split("\n")[0]}` : ""}`];
for (const line of silent.filter(Boolean)) console.log(`${line}; not audited.`);
const findings = [...nugetFindings(nugetReport), ...npmFindings(npmReport)];
for (const line of findings) console.log(`Known vulnerability: ${line}`);
if (findings.length === 0 && !silent.every(Boolean)) console.log("No known vulnerability in what was audited.");
process.exit(findings.some(line => grave.has(/: (\w+) /.exec(line)?.[1])) ? 1 : 0);

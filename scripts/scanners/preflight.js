// Runs cdk-preflight's rules over templates, and prints what they find, a JSON line each.
//
//   node preflight.js FOLDER TEMPLATE ...

// The CDK's own rules are cfn-lint's, which runs in every build.
process.env.CDK_VALIDATION = "false";

const fs = require("node:fs");
const path = require("node:path");
const { App, Stack } = require("aws-cdk-lib");
const { CfnInclude } = require("aws-cdk-lib/cloudformation-include");
const { Preflight } = require("cdk-preflight");

const [folder, ...files] = process.argv.slice(2);
const app = new App({ outdir: folder });
Preflight.apply(app);
for (const file of files) {
  // Rules that compare regions and accounts need some.
  const env = { account: "123456789012", region: "us-east-1" };
  const stack = new Stack(app, path.basename(file).split(".")[0], { env });
  new CfnInclude(stack, "template", { templateFile: file });
}

const report = path.join(folder, "validation-report.json");
try {
  app.synth();
} catch (error) {
  // A finding is an error too, after the report of it has been written.
  if (!fs.existsSync(report)) throw error;
}
const { pluginReports } = JSON.parse(fs.readFileSync(report, "utf8"));
for (const { ruleName: rule, description: text, violatingConstructs } of pluginReports.flatMap((each) => each.violations)) {
  for (const { cloudFormationResource } of violatingConstructs) {
    const { templatePath: template, logicalId: resource } = cloudFormationResource;
    console.log(JSON.stringify({ template, resource, rule, text }));
  }
}

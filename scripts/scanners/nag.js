// Runs cdk-nag's AwsSolutions pack over templates, and prints what it finds and what is suppressed, a JSON line each.
//
//   node nag.js FOLDER TEMPLATE ...

const path = require("node:path");
const { App, Aspects, Stack } = require("aws-cdk-lib");
const { CfnInclude } = require("aws-cdk-lib/cloudformation-include");
const { AwsSolutionsChecks } = require("cdk-nag");

class Lines {
  constructor(template) {
    this.template = template;
  }

  print(state, { ruleId, findingId, resource, ruleInfo, suppressionReason, errorSuppressionReason }) {
    const line = { template: this.template, resource: resource.logicalId, rule: ruleId, finding: findingId ?? "" };
    const reason = suppressionReason ?? errorSuppressionReason;
    console.log(JSON.stringify({ ...line, state, text: state === "suppressed" ? reason : ruleInfo }));
  }

  onCompliance() {}

  onNotApplicable() {}

  onNonCompliance(data) {
    this.print("found", data);
  }

  onSuppressed(data) {
    this.print("suppressed", data);
  }

  onError(data) {
    // A value that only CloudFormation knows cannot be judged.
    this.print("unknown", data);
  }

  onSuppressedError(data) {
    this.print("suppressed", data);
  }
}

const [folder, ...files] = process.argv.slice(2);
const app = new App({ outdir: folder });
for (const file of files) {
  const stack = new Stack(app, path.basename(file).replaceAll(".", "-"));
  new CfnInclude(stack, "template", { templateFile: file });
  const logger = new Lines(file);
  Aspects.of(stack).add(new AwsSolutionsChecks({ reports: false, additionalLoggers: [logger], logIgnores: true }));
}
app.synth();

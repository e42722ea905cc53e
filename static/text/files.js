// Text files that were chosen, dropped or pasted: checked, and read as UTF-8.

const MAX_BYTES = 1_000_000;
const TEXT_TYPE = /^(text\/.*|application\/(json|xml|x-yaml|yaml|x-tex|x-subrip|.*\+(json|xml)))$/;
const TEXT_NAME = /\.(txt|text|md|markdown|csv|tsv|json|xml|html?|log|srt|vtt|tex|rst|ya?ml|ini|py|js)$/i;

/** A file that cannot be taken, with a sentence that says why. */
export class FileProblem extends Error {}

function refuse(condition, sentence) {
  if (condition) throw new FileProblem(sentence);
}

/** Return the text of one file out of a list. Throws FileProblem. */
export async function readTextFile(files) {
  refuse(files.length === 0, "That is not a file: drop a text file, or paste the text itself.");
  refuse(files.length > 1, "One file at a time, please.");
  const [file] = files;
  const looksLikeText = file.type ? TEXT_TYPE.test(file.type) || TEXT_NAME.test(file.name) : TEXT_NAME.test(file.name);
  refuse(!looksLikeText, `“${file.name}” is not a text file. Save it as plain text (.txt) first.`);
  refuse(file.size > MAX_BYTES, `“${file.name}” is larger than 1 MB.`);
  refuse(file.size === 0, `“${file.name}” is empty.`);
  return { name: file.name, text: decode(file.name, await bytesOf(file)) };
}

async function bytesOf(file) {
  try {
    return await file.arrayBuffer();
  } catch {
    throw new FileProblem(`“${file.name}” cannot be read. It may have been moved or changed.`);
  }
}

function decode(name, bytes) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FileProblem(`“${name}” is not encoded in UTF-8. Save it as UTF-8 and open it again.`);
  }
  refuse(text.includes("\0"), `“${name}” is not a text file.`);
  return text.replace(/\r\n?/g, "\n");
}

// Reads samples, one JSON object a line: `wiki` is casefile's markup of a document, `asked` the nodes, marks and links that
// the document asks for. Atlassian's parser of wiki markup must find no other in it.
'use strict';

const { WikiMarkupTransformer } = require('@atlaskit/editor-wikimarkup-transformer');

// Nodes that carry nothing.
const HARMLESS = new Set(['doc', 'paragraph', 'text', 'hardBreak']);

// Addresses hold no sign of the markup: casefile writes those as escapes.
const address = (href) =>
  href.replace(/[[\]{}|\\^!~*]/g, (sign) => '%' + sign.charCodeAt(0).toString(16).toUpperCase());

function constructs(node, found = new Set()) {
  found.add(node.type);
  for (const mark of node.marks ?? []) {
    found.add(mark.type === 'link' ? `link to ${address(mark.attrs.href)}` : mark.type);
  }
  for (const child of node.content ?? []) constructs(child, found);
  return found;
}

const transformer = new WikiMarkupTransformer();
const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter(Boolean);
let faults = 0;
for (const line of lines) {
  const { wiki, asked } = JSON.parse(line);
  const wanted = new Set(asked.map((one) => (one.startsWith('link to ') ? address(one) : one)));
  const parsed = transformer.parse(wiki).toJSON();
  const more = [...constructs(parsed)].filter((one) => !wanted.has(one) && !HARMLESS.has(one));
  if (more.length > 0) {
    faults += 1;
    console.error(`${more.join(', ')}: ${JSON.stringify(wiki)}`);
  }
}
console.log(`${lines.length} documents, ${faults} with something that they did not ask for`);
process.exit(lines.length > 0 && faults === 0 ? 0 : 1);

// The grammar of Terraform's language (HCL) for highlight.js, which has none.
import type { HLJSApi, Language, Mode } from 'highlight.js';

export function terraform(hljs: HLJSApi): Language {
  const template: Mode = { className: 'subst', begin: /[$%]\{/, end: /\}/ };
  const text: Mode = {
    className: 'string',
    begin: '"',
    end: '"',
    contains: [hljs.BACKSLASH_ESCAPE, template],
  };
  const number: Mode = { className: 'number', begin: /\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b/i };
  template.contains = [text, number];
  return {
    name: 'Terraform',
    aliases: ['tf', 'hcl', 'tfvars'],
    keywords: {
      keyword:
        'resource data variable output locals module provider terraform moved import check for in if dynamic',
      literal: 'true false null',
      type: 'string number bool list map set object tuple any',
    },
    contains: [
      hljs.HASH_COMMENT_MODE,
      hljs.C_LINE_COMMENT_MODE,
      hljs.C_BLOCK_COMMENT_MODE,
      { className: 'string', begin: /<<-?(\w+)$/, end: /^\s*\w+$/ },
      { className: 'attr', begin: /^[ \t]*[\w-]+(?=[ \t]*=(?![=>]))/ },
      { className: 'title', begin: /\b[\w-]+(?=\()/ },
      text,
      number,
    ],
  };
}

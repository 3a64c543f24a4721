// Formulas within a line, for micromark and mdast: `$x$`, `$$x$$`, `\(x\)` and `\[x\]`. Money stays text: `$5 and $10`.
import type { Extension as TreeExtension } from 'mdast-util-from-markdown';
import type { Code, Construct, Extension, State } from 'micromark-util-types';

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    math: 'math';
    mathText: 'mathText';
  }
}

declare module 'mdast' {
  interface MathNode extends Node {
    type: 'math';
    formula: string;
    isDisplay: boolean;
  }
  interface RootContentMap {
    math: MathNode;
  }
  interface PhrasingContentMap {
    math: MathNode;
  }
}

const MAX_FORMULA_CHARS = 2_000;
const DOLLAR = 36;
const BACKSLASH = 92;
/** `\(` and `\[` with their ends. */
const BRACKETS = new Map([
  [40, ')'],
  [91, ']'],
]);

export const mathSyntax: Extension = {
  text: {
    [DOLLAR]: mathConstruct((previous) => previous !== DOLLAR && !isWordCharacter(previous)),
    [BACKSLASH]: mathConstruct(() => true),
  },
};

export const mathTree: TreeExtension = {
  enter: {
    math(token) {
      const source = this.sliceSerialize(token);
      const { width, isDisplay } = delimiterOf(source);
      this.enter({ type: 'math', formula: source.slice(width, -width).trim(), isDisplay }, token);
    },
  },
  exit: {
    math(token) {
      this.exit(token);
    },
  },
};

function delimiterOf(source: string): { width: number; isDisplay: boolean } {
  const isDisplay = source.startsWith('$$') || source.startsWith(String.raw`\[`);
  return { width: source.startsWith('$') && !isDisplay ? 1 : 2, isDisplay };
}

function mathConstruct(previous: (code: Code) => boolean): Construct {
  return {
    name: 'math',
    previous: (code) => previous(code),
    tokenize(effects, ok, nok) {
      /** All characters so far, the delimiter included. */
      let source = '';
      let end = '';
      return start;

      function start(code: Code): State | undefined {
        effects.enter('math');
        effects.enter('mathText');
        return take(code, code === DOLLAR ? afterDollar : afterBackslash);
      }

      function afterDollar(code: Code): State | undefined {
        end = code === DOLLAR ? '$$' : '$';
        if (code === DOLLAR) return take(code, inside);
        return isSpace(code) ? nok(code) : inside(code);
      }

      function afterBackslash(code: Code): State | undefined {
        const bracket = code === null ? undefined : BRACKETS.get(code);
        if (bracket === undefined) return nok(code);
        end = `\\${bracket}`;
        return take(code, inside);
      }

      function inside(code: Code): State | undefined {
        if (code === null || source.length > MAX_FORMULA_CHARS) return nok(code);
        if (isLineEnding(code)) {
          effects.exit('mathText');
          effects.enter('lineEnding');
          source += '\n';
          effects.consume(code);
          effects.exit('lineEnding');
          return afterLineEnding;
        }
        if (code === DOLLAR && end.startsWith('$')) return take(code, end === '$' ? closed : secondDollar);
        return take(code, code === BACKSLASH ? escaped : inside);
      }

      function afterLineEnding(code: Code): State | undefined {
        effects.enter('mathText');
        return inside(code);
      }

      function secondDollar(code: Code): State | undefined {
        return code === DOLLAR ? take(code, closed) : nok(code);
      }

      function escaped(code: Code): State | undefined {
        if (code === null || isLineEnding(code)) return inside(code);
        if (end === `\\${String.fromCodePoint(Math.max(code, 32))}`) return take(code, closed);
        // A second opening: the first has no end.
        if (end.startsWith('\\') && BRACKETS.has(code)) return nok(code);
        return take(code, inside);
      }

      function closed(code: Code): State | undefined {
        const { width } = delimiterOf(source);
        const formula = source.slice(width, -width);
        if (formula.trim() === '' || (end === '$' && !isFormula(formula, code))) return nok(code);
        effects.exit('mathText');
        effects.exit('math');
        return ok(code);
      }

      function take(code: Code, next: State): State {
        source += code === null || code < 0 ? ' ' : String.fromCodePoint(code);
        effects.consume(code);
        return next;
      }
    },
  };
}

/** Tells a formula between single dollars from two amounts of money. */
function isFormula(formula: string, next: Code): boolean {
  if (/\s$/.test(formula) || next === DOLLAR || isWordCharacter(next)) return false;
  // `$5/month or US$` has words; those of a formula belong to commands, such as `\text{if }`.
  const words = formula.replaceAll(/\\[a-z]+(?:\{[^{}]*\})?/gi, '');
  return !(/^\d/.test(formula) && /[a-z]{2,}/i.test(words));
}

function isLineEnding(code: Code): boolean {
  return code !== null && code <= -3 && code >= -5;
}

function isSpace(code: Code): boolean {
  return code === null || code < 0 || code === 32;
}

function isWordCharacter(code: Code): boolean {
  return code !== null && code > 0 && /[\p{L}\p{N}]/u.test(String.fromCodePoint(code));
}

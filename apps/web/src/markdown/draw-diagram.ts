// Draws diagrams with Mermaid in a sandboxed frame. Mermaid needs inline styles, which the page's Content-Security-Policy
// forbids and the frame's allows. The frame has no origin, so it cannot read the page. A slow diagram is stopped with its frame.

const FRAME_URL = '/diagrams/frame.html';
const LIMIT_MS = 10_000;
/** Longer sources are not drawn. */
const MAX_CHARS = 20_000;
const MAX_SVG_CHARS = 2_000_000;

/** A message that scrolls out of view and back is not drawn again. */
const MAX_KEPT = 50;

const kept = new Map<string, { svg: string } | { error: unknown }>();
/** The diagram that is being drawn; the next waits for it. */
let last: Promise<unknown> = Promise.resolve();
let frame: Promise<HTMLIFrameElement> | undefined;

/** Resolves with an SVG. Rejects if the source is no diagram, or takes too long. */
export function drawDiagram(code: string, theme: 'light' | 'dark', signal: AbortSignal): Promise<string> {
  const drawn = last.then(async () => {
    signal.throwIfAborted();
    const key = `${theme} ${code}`;
    const result = kept.get(key) ?? (await draw(code, theme));
    kept.set(key, result);
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    if ('error' in result) throw result.error;
    return result.svg;
  });
  last = drawn.catch(() => {});
  return drawn;
}

async function draw(code: string, theme: string): Promise<{ svg: string } | { error: unknown }> {
  if (code.length > MAX_CHARS) return { error: new Error('The diagram is too long.') };
  try {
    const opened = await (frame ??= openFrame());
    return { svg: await ask(opened, { code, theme }) };
  } catch (error) {
    return { error };
  }
}

function openFrame(): Promise<HTMLIFrameElement> {
  const element = document.createElement('iframe');
  element.src = FRAME_URL;
  element.title = 'Diagrams';
  element.className = 'diagram-frame';
  element.tabIndex = -1;
  element.setAttribute('sandbox', 'allow-scripts');
  element.setAttribute('aria-hidden', 'true');
  document.body.append(element);
  return receive(element, () => element);
}

function ask(element: HTMLIFrameElement, question: { code: string; theme: string }): Promise<string> {
  const answer = receive(element, (data) => {
    if (typeof data !== 'object' || data === null || !('svg' in data) || typeof data.svg !== 'string')
      throw new Error('Mermaid cannot draw this.');
    if (data.svg.length > MAX_SVG_CHARS) throw new Error('The picture is too large.');
    return data.svg;
  });
  // The frame has no origin to name.
  element.contentWindow?.postMessage(question, '*');
  return answer;
}

/** The frame's next message. Without one in time, the frame is removed, and the next diagram gets a new one. */
function receive<Result>(element: HTMLIFrameElement, read: (data: unknown) => Result): Promise<Result> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      removeEventListener('message', onMessage);
      settle();
    };
    const onMessage = ({ source, data }: MessageEvent): void => {
      if (source !== element.contentWindow) return;
      end(() => {
        try {
          resolve(read(data));
        } catch (error) {
          reject(error);
        }
      });
    };
    const timer = setTimeout(() => {
      element.remove();
      frame = undefined;
      end(() => reject(new Error('The diagram takes too long.')));
    }, LIMIT_MS);
    addEventListener('message', onMessage);
  });
}

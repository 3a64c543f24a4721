// Films the page: takes screenshots while a scene runs, draws a caption and a browser tab around each, and joins them to an
// animated GIF.
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';

export interface Scene {
  /** Tells the viewer what to look at. */
  caption: string;
  /** The title of the tab; undefined while no page is open. */
  tab?: string;
  /** The state of the server, beside the caption. */
  server: 'running' | 'killed';
}

export interface Film {
  /** Takes screenshots until `until` resolves, or for that many milliseconds. */
  shoot(scene: Scene, page: Page | undefined, until: Promise<unknown> | number): Promise<void>;
  /** Returns the film so far as a looping GIF. */
  develop(): Promise<Buffer>;
}

interface Frame {
  scene: Scene;
  /** A PNG of the page; undefined while no page is open. */
  shot: Buffer | undefined;
  delayMs: number;
}

export const PAGE_SIZE = { width: 900, height: 480 };
const CAPTION_PX = 64;
const TABS_PX = 40;
const STAGE_SIZE = { width: PAGE_SIZE.width, height: CAPTION_PX + TABS_PX + PAGE_SIZE.height };

const FRAME_MS = 150;
/** Enough for text on a plain background; more colours make every frame larger. */
const COLOURS = 64;

export function startFilm(browser: Browser): Film {
  const frames: Frame[] = [];

  async function shoot(
    scene: Scene,
    page: Page | undefined,
    until: Promise<unknown> | number,
  ): Promise<void> {
    let isOver = false;
    const end = typeof until === 'number' ? sleep(until) : until;
    // A failure ends the scene too; `await end` below throws it.
    void end.catch(() => undefined).then(() => (isOver = true));
    while (!isOver) {
      const startedAt = performance.now();
      const shot = await page?.screenshot({ caret: 'initial' });
      await sleep(FRAME_MS - (performance.now() - startedAt));
      frames.push({ scene, shot, delayMs: performance.now() - startedAt });
    }
    await end;
  }

  async function develop(): Promise<Buffer> {
    const stages = await drawStages(browser, new Set(frames.map(({ scene }) => scene)));
    const distinct = joinEqual(frames);
    const pictures = await Promise.all(
      distinct.map(({ scene, shot }) =>
        sharp(stages.get(scene))
          .composite(shot === undefined ? [] : [{ input: shot, left: 0, top: CAPTION_PX + TABS_PX }])
          .png({ compressionLevel: 1 })
          .toBuffer(),
      ),
    );
    const delay = distinct.map(({ delayMs }) => Math.round(delayMs));
    return sharp(pictures, { join: { animated: true } })
      .gif({ delay, loop: 0, colours: COLOURS, dither: 0, interFrameMaxError: 4, effort: 10 })
      .toBuffer();
  }

  return { shoot, develop };
}

/** Merges equal frames into one that lasts longer. */
function joinEqual(frames: readonly Frame[]): Frame[] {
  const distinct: Frame[] = [];
  for (const frame of frames) {
    const last = distinct.at(-1);
    const isEqual =
      last !== undefined &&
      last.scene === frame.scene &&
      (last.shot === frame.shot ||
        (last.shot !== undefined && frame.shot !== undefined && last.shot.equals(frame.shot)));
    if (isEqual) last.delayMs += frame.delayMs;
    else distinct.push({ ...frame });
  }
  return distinct;
}

/** Draws the caption and the tab of each scene as a PNG. */
async function drawStages(browser: Browser, scenes: ReadonlySet<Scene>): Promise<Map<Scene, Buffer>> {
  const page = await browser.newPage({ viewport: STAGE_SIZE });
  const stages = new Map<Scene, Buffer>();
  for (const scene of scenes) {
    await page.setContent(stageHtml(scene));
    stages.set(scene, await page.screenshot());
  }
  await page.close();
  return stages;
}

const stageHtml = ({ caption, tab, server }: Scene): string => `
  <style>
    body { margin: 0; font: 15px 'DejaVu Sans', sans-serif; background: #d9d6cf; }
    .caption { display: flex; align-items: center; height: ${CAPTION_PX}px; padding: 0 20px; background: #14322c; color: #fff; }
    .caption b { flex: 1; font-size: 21px; }
    .server { padding: 6px 14px; border-radius: 99px; color: #fff; background: #1f7a5c; }
    .killed { background: #c0392b; }
    .tabs { height: ${TABS_PX}px; padding-left: 12px; }
    .tab { display: inline-block; box-sizing: border-box; width: 260px; height: 34px; margin-top: 6px; padding: 8px 16px;
      border-radius: 10px 10px 0 0; background: #fbfaf8; color: #1d1d1b; }
    .tab span { float: right; color: #777; }
    .empty { margin-top: 190px; text-align: center; font-size: 20px; color: #6b675f; }
  </style>
  <div class="caption">
    <b>${caption}</b>
    <span class="server ${server}">${server === 'killed' ? '✕ server killed (SIGKILL)' : '● server running'}</span>
  </div>
  <div class="tabs">${tab === undefined ? '' : `<div class="tab">${tab}<span>×</span></div>`}</div>
  ${tab === undefined ? '<div class="empty">no tab is open</div>' : ''}`;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

// Ways in which a page of Chromium goes, beside being closed or navigated.

/** As a page does that the browser runs out of memory for. */
export const crash = async (page) => {
  const session = await page.context().newCDPSession(page);
  const gone = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => {});
  await gone;
  await page.close();
};

/**
 * Stands still between two tasks, with its lock, its socket and its disk as they are. Returns what thaws it;
 * `after` is what it does first then.
 * (Page.setWebLifecycleState does nothing to a page in view, and all pages of a test are.)
 */
export const freeze = async (page, after = () => {}) => {
  const session = await page.context().newCDPSession(page);
  await session.send('Debugger.enable');
  const paused = new Promise((resolve) => session.once('Debugger.paused', resolve));
  await page.evaluate(`void setTimeout(() => { debugger; (${after})(); })`);
  await paused;
  return () => session.send('Debugger.disable');
};

// SPDX-License-Identifier: ISC
// What a reader would stumble over in the page that is shown: text that is
// hard to tell from its ground, that is too small, or that goes off the side.
(() => {
  const numbers = (s) => s.match(/[\d.]+/g).map(Number);
  const over = (a, b) => {  // colour a, with its alpha, on b
    const alpha = a.length > 3 ? a[3] : 1;
    return [0, 1, 2].map((i) => a[i] * alpha + b[i] * (1 - alpha));
  };
  const luminance = (c) => {
    const [r, g, b] = c.map((v) => {
      v /= 255;
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const ground = (e) => {
    const layers = [];
    for (; e; e = e.parentElement)
      layers.push(numbers(getComputedStyle(e).backgroundColor));
    const page = matchMedia("(prefers-color-scheme: dark)").matches
      ? [18, 18, 18] : [255, 255, 255];
    return layers.reverse().reduce((b, a) => over(a, b), page);
  };
  const faults = [];
  let texts = 0, smallest = 99, least = 99;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let t = walk.nextNode(); t; t = walk.nextNode()) {
    const e = t.parentElement, style = getComputedStyle(e);
    if (!t.data.trim() || !e.checkVisibility()) continue;
    const size = parseFloat(style.fontSize);
    if (size === 0) continue;
    const below = ground(e);
    const c = contrast(over(numbers(style.color), below), below);
    texts++;
    smallest = Math.min(smallest, size);
    least = Math.min(least, c);
    const words = t.data.trim().slice(0, 40);
    if (c < 4.5) faults.push(`contrast ${c.toFixed(2)}: ${words}`);
    if (size < 15) faults.push(`${size} px: ${words}`);
    const range = document.createRange();
    range.selectNodeContents(t);
    for (const box of range.getClientRects())
      if (box.right > innerWidth + 0.5 || box.left < -0.5)
        faults.push(`off the side: ${words}`);
  }
  if (document.documentElement.scrollWidth > innerWidth)
    faults.push(`scrolls to the side: ${document.documentElement.scrollWidth}`);
  return {faults, texts, smallest, least, width: innerWidth,
    language: document.documentElement.lang,
    image_alts: [...document.images].every((i) => i.hasAttribute("alt"))};
})()

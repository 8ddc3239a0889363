// What a reader of this page would stumble over, as JSON in its title.
function luminance(colour) { // of WCAG 2.2
  const [r, g, b] = colour.match(/[\d.]+/g).slice(0, 3).map((part) => {
    const c = part / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(element) {
  let behind = element;
  while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
  const style = getComputedStyle(element);
  const colour = element instanceof SVGElement ? style.fill : style.color;
  const [less, more] = [luminance(colour), luminance(getComputedStyle(behind).backgroundColor)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}
const pieces = [], faint = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const element = node.parentElement, text = node.data.trim();
  if (!text || element.tagName === "SCRIPT" || !element.checkVisibility()) continue;
  if (contrast(element) < 4.5) faint.push(text);
  const range = document.createRange();
  range.selectNodeContents(node);
  for (const box of range.getClientRects()) if (box.width > 0) pieces.push({ node, text, box });
}
pieces.sort((a, b) => a.box.top - b.box.top);
const overlaps = [];
pieces.forEach((one, number) => {
  for (let next = number + 1; next < pieces.length && pieces[next].box.top < one.box.bottom - 3; next++) {
    const other = pieces[next].box; // less than 3 pixels are the letters' own margins
    const across = Math.min(one.box.right, other.right) - Math.max(one.box.left, other.left);
    if (across > 1 && pieces[next].node !== one.node) overlaps.push([one.text, pieces[next].text]);
  }
});
document.title = JSON.stringify({
  dark: matchMedia("(prefers-color-scheme: dark)").matches,
  width: innerWidth,
  texts: pieces.length,
  overlaps: overlaps.slice(0, 20),
  faint: [...new Set(faint)].slice(0, 20),
  wider: Math.max(0, document.documentElement.scrollWidth - innerWidth),
});
document.body.remove();

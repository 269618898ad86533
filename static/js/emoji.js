/** Names for completing :emoji: while writing. A small choice, plain words. */

/** @type {[string, string][]} sign, name */
export const emoji = `👍 thumbs up yes|👎 thumbs down no|👏 clapping hands applause|🙌 raised hands|🙏 thanks please|👋 wave hello|🤝 handshake agree|💪 strong muscle|✋ hand raised stop|✌️ peace|👉 point right|👀 eyes look|🤷 shrug|🙋 question raise|
😀 grin|🙂 smile|😊 happy blush|😄 laugh|😂 joy tears|😉 wink|😍 love eyes|🤔 thinking|😐 neutral|😕 confused|😢 sad cry|😟 worried|😮 surprised|😅 relief sweat|😴 sleepy|🤯 mind blown|🥳 party face|😎 cool|😇 angel|🤗 hug|
❤️ heart love|💚 green heart|💜 purple heart|💙 blue heart|✨ sparkles|⭐ star|🎉 party celebrate|🎈 balloon|🔥 fire|💡 idea light bulb|✅ check done|❌ cross no|❓ question|❗ important|⚠️ warning|🚧 construction|➕ plus|➖ minus|
💬 speech comment|📣 megaphone announce|📌 pin|📎 paperclip|📝 memo note|📄 page document|📊 chart bar|📈 chart up|📉 chart down|📅 calendar date|⏰ alarm clock|⏳ hourglass wait|🔍 search|🔒 lock|🔑 key|🔗 link|🗳️ ballot vote|⚖️ scales justice|📦 package|🛠️ tools|
🏠 house home|🏘️ houses|🏢 office|🏭 factory|🏫 school|🏥 hospital|🌍 globe earth|🌱 seedling|🌳 tree|🌻 sunflower|☀️ sun|🌧️ rain|❄️ snow|🌈 rainbow|🌊 wave water|
🚲 bicycle|🚆 train|🚌 bus|✈️ plane|🚶 walk|☕ coffee|🍵 tea|🍞 bread|🍎 apple|🥕 carrot|🍰 cake|🍻 beer cheers|🍕 pizza|🥗 salad|💶 euro money|💰 money bag|🧾 receipt bill|🎓 graduation learn|🎨 art|🎵 music|📚 books|♻️ recycle|♿ accessible|👥 people group|👶 baby|🐝 bee|🐦 bird|🐌 snail slow|🐘 elephant|🐧 penguin`
  .split(/\||\n/)
  .filter(Boolean)
  .map((line) => {
    const space = line.indexOf(" ");
    return [line.slice(0, space), line.slice(space + 1)];
  });

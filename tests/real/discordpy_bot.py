"""A bot on discord.py for discordpy.test.mjs: it listens through zlib-stream, as discord.py always does, says on stdout what it
heard, and answers mentions."""
import json
import os
import urllib.request

import discord
import yarl

API = os.environ["DISCORD_API_URL"]
discord.http.Route.BASE = API


def gateway() -> str:
    request = urllib.request.Request(f"{API}/gateway", headers={"User-Agent": "DiscordBot (https://example.org, 1)"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["url"]


class Bot(discord.Client):
    async def on_resumed(self) -> None:
        print("resumed", flush=True)

    async def on_ready(self) -> None:
        print("ready", flush=True)

    async def on_message(self, message: discord.Message) -> None:
        if message.author.bot or self.user not in message.mentions:
            return
        words = message.content.split("> ", 1)[-1]
        print("heard " + json.dumps(words), flush=True)
        if not words.startswith("quiet:"):
            # No reply: discord.py writes the ids of a reference as numbers, which the playground's JSON cannot hold.
            await message.channel.send(f"py {words}", allowed_mentions=discord.AllowedMentions.none())


discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway())
Bot(intents=discord.Intents(guilds=True, guild_messages=True)).run("playground")

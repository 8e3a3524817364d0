"""What posts may say that must stay words: markup, script, addresses, and signs that end what they stand in."""

PAYLOADS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</SCRIPT ><img src=x onerror=alert(1)>",
    "<!--<script>alert(1)//",
    "<img src=https://jahat.example/x.png onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "\"><a href='javascript:alert(1)'>klik</a>",
    "{{7*7}} ${alert(1)} $content $script",
    "\u2028alert(1)\u2029//",
    "]]>--><style>@import 'https://jahat.example/x.css';</style>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<base href=https://jahat.example/><form action=//jahat.example><button>x",
    "<meta http-equiv=refresh content='0;url=https://jahat.example/'>",
    "\u202egnp.exe &lt;b&gt; \\u003cscript\\u003e \\",
)
"""Each as the words of a post that calls to vote."""

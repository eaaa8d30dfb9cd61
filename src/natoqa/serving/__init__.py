"""What the page and the programs' doors share: the open index, who may ask, what a refusal says.

shared_index  one open index for all, re-indexed in the background
examples      questions that the articles should answer
safeguards    own names only, short bodies only, strict headers
problems      what a refused request is answered with
keys          given keys, compared in constant time
editors       who may change the index over the page
adding        an article that a visitor sends
junction      the API's addresses to the API, everything else to the page
"""

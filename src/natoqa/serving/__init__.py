"""What the page and the programs' doors share: the open index, who may ask, what a refusal says.

shared_index  one open index for all, re-indexed in the background
examples      questions that the articles should answer
asker         who asks
places        a few questions at a time, shared by all doors
login/        name, password and session, where the page asks for them
logs          a line for every request and question
prefix        the path under which a reverse proxy shows the page
safeguards    own names only, short bodies only, strict headers
problems      what a refused request is answered with
keys          given keys, compared in constant time
editors       who may change the index over the page
adding        an article that a visitor sends
junction      the API's addresses to the API, everything else to the page
"""

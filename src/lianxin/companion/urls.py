"""Addresses of this face."""

from django.urls import URLPattern, path

from lianxin.companion import asks, cases, entitled, front, household, messages, money, mydata, papers, publicity, trail

urlpatterns: list[URLPattern] = [
    path("", front.front, name="home"),
    path("accessibility/", front.access, name="access"),
    path("offline/", front.offline, name="offline"),
    path("manifest.webmanifest", front.manifest, name="manifest"),
    path("worker.js", front.worker, name="worker"),
    path("publicity/", publicity.notices, name="publicity"),
    path("publicity/<int:pk>/", publicity.object_to, name="object"),
    path("ask/", asks.ask, name="ask"),
    path("ask/<slug:code>/<slug:kind>/", asks.ask_for, name="ask-for"),
    path("apply/<slug:code>/", asks.apply, name="apply"),
    path("entitled/", entitled.entitled, name="entitled"),
    path("entitled/<slug:code>/", entitled.why, name="why"),
    path("door/<slug:worry>/", entitled.door, name="door"),
    path("cases/", cases.matters_list, name="cases"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/yes/", cases.say_yes, name="say-yes"),
    path("cases/<int:pk>/no/", cases.say_no, name="say-no"),
    path("cases/<int:pk>/more/", cases.supplement, name="supplement"),
    path("cases/<int:pk>/received/", cases.received, name="received"),
    path("cases/<int:pk>/rate/", cases.rate, name="rate"),
    path("cases/<int:pk>/again/", cases.again, name="again"),
    path("cases/<int:pk>/withdraw/", cases.withdraw, name="withdraw"),
    path("money/", money.money, name="money"),
    path("money/account/", money.account, name="account"),
    path("messages/", messages.inbox, name="messages"),
    path("household/", household.household, name="household"),
    path("household/correct/", asks.correct, name="correct"),
    path("household/trail/", trail.trail, name="trail"),
    path("household/trail/<int:entry>/why/", trail.ask_why, name="why-looked"),
    path("household/data/", mydata.mydata, name="mydata"),
    path("household/data/consent/", mydata.consent, name="consent"),
    path("household/data/copy/", mydata.copy, name="copy"),
    path("household/data/copy/file/", mydata.copy_file, name="copy-file"),
    path("papers/", papers.papers, name="papers"),
    path("papers/<int:pk>/", papers.paper, name="paper"),
]

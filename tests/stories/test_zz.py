import json
from tests.stories.test_slack_requests import OURS
async def test_zz(desk):
    case = await desk.customer().posts()
    for app in ("A0OTHER","A0REPLYDESK"):
        form = {"type": "view_submission", "user": {"id": "UANA", "team_id": "T0LUMEN"}, **OURS, "api_app_id": app}
        view = {"id": "V1", "callback_id": "dismiss_form", "private_metadata": json.dumps({"case": case.id}), "state": {}}
        print(await desk.sandbox.slack.socket.deliver("interactive", {**form, "view": view}, accepts=True))
        command = {"team_id": "T0LUMEN", "user_id": "UANA", "command": "/desk", "text": f"why {case.id}", "api_app_id": app}
        print(await desk.sandbox.slack.socket.deliver("slash_commands", command, accepts=True))
    assert 0

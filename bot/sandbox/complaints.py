"""What invented customers write to the invented Lumen Shop, and what they say after an answer. All of it made up."""

# ruff: noqa: E501 -- what somebody writes stays on one line

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One first post, and what its writer adds: `thanks` after an answer, `waiting` when none comes; empty means silence."""

    author: str
    text: str
    kind: str
    lang: str = "en"
    thanks: str = ""
    waiting: str = ""


COMPLAINTS = (
    Complaint(
        author="mia_travels", kind="delivery",
        text="Third time this week my order shows “delivered” and nothing arrived. @LumenShop is anyone even reading these? 😡",
        thanks="Thank you, a real answer at last. I'll wait for your message.",
        waiting="Still nothing, @LumenShop. Four days now.",
    ),
    Complaint(
        author="consumer_hawk", kind="safety",
        text="@LumenShop the battery of your Glow 2 bedside lamp started smoking on my night table. Unplugged it, but the room smells of burnt plastic.",
        thanks="Photos are on their way to you. Please tell other owners too.",
        waiting="@LumenShop a lamp that smokes and no answer? People sleep next to these.",
    ),
    Complaint(
        author="dadjokes_dan", kind="praise",
        text="Credit where it's due: @LumenShop replaced my cracked reading lamp in two days, no questions asked. Brilliant service, pun intended.",
        thanks="You lot just brightened my day. I'll see myself out.",
    ),
    Complaint(
        author="priya_codes", kind="app",
        text="@LumenShop your app crashes every time I open the scenes tab since the update. Android 16, app 5.2. Reinstalling didn't help.",
        thanks="5.2.1 fixed it here. Thanks for being quick.",
        waiting="Any news on the crash, @LumenShop? My lights are stuck on purple.",
    ),
    Complaint(
        author="jonas_liest", kind="delivery", lang="de",
        text="@LumenShop seit zwei Wochen heißt es „in Zustellung“. Die Leselampe war ein Geburtstagsgeschenk, der Geburtstag ist vorbei.",
        thanks="Danke, das klingt gut. Ich warte auf die Sendungsnummer.",
        waiting="@LumenShop hallo? Noch immer keine Lampe.",
    ),
    Complaint(
        author="theo_bakes", kind="refund",
        text="Returned two pendant lights on the 3rd, tracking says you have them, still no refund @LumenShop. How long does it take to press a button?",
        thanks="Refund is in my account. Took a tweet, but fine.",
        waiting="Day 19 without my refund, @LumenShop. I'm keeping count in public now.",
    ),
    Complaint(
        author="zoe_and_dogs", kind="staff",
        text="The person at the till in your harbour street shop laughed at my question about dimmers @LumenShop. I left without buying anything.",
        thanks="Thanks for taking it seriously. It was around 5 pm yesterday.",
    ),
    Complaint(
        author="grete_garten", kind="product", lang="de",
        text="Solarlampen von @LumenShop: nach einem Regentag stand in dreien Wasser. „Wetterfest“ stellt man sich anders vor.",
        thanks="Drei neue sind da und halten dicht. Dankeschön!",
        waiting="@LumenShop es regnet wieder, und die Lampen sind jetzt Aquarien.",
    ),
    Complaint(
        author="nightowl_sue", kind="question",
        text="@LumenShop does the Halo desk lamp work with a timer plug or will it forget its settings when the power goes?",
        thanks="Perfect, ordering one tonight.",
    ),
    Complaint(
        author="kwame_films", kind="product",
        text="Bought six Studio panels from @LumenShop for a shoot. Two flicker on camera at 50 fps. That's half a day lost with a crew of nine.",
        thanks="Appreciate the loan units. Let's sort the invoice next.",
        waiting="@LumenShop next shoot is on Thursday. I need to know today whether to rent elsewhere.",
    ),
    Complaint(
        author="lucie_lit", kind="billing", lang="fr",
        text="@LumenShop j'ai été débitée deux fois pour la même lampe. Le service client ne répond pas au téléphone.",
        thanks="Merci, le remboursement est arrivé ce matin.",
        waiting="Toujours pas de réponse, @LumenShop. C'est long.",
    ),
    Complaint(
        author="oldmanfern", kind="question",
        text="How do I change the bulb in the Orbit floor lamp @LumenShop? The manual shows a screw that mine does not have.",
        thanks="Found it, it was under the felt. Thank you kindly.",
    ),
    Complaint(
        author="petes_garage", kind="sarcasm",
        text="Oh good, another “we value your call” melody. Twenty-five minutes in, @LumenShop, and I know the flute part by heart.",
        thanks="Ha. OK, that was quick after all.",
        waiting="The flute says hello again, @LumenShop.",
    ),
    Complaint(
        author="rosa_madrid", kind="delivery", lang="es",
        text="@LumenShop mi pedido llegó abierto y faltaba el cargador. ¿Me lo podéis enviar sin que tenga que devolver todo?",
        thanks="¡Gracias! Ya he recibido el cargador.",
        waiting="@LumenShop sigo sin cargador y sin respuesta.",
    ),
    Complaint(
        author="tinytowers", kind="product",
        text="The clip of my @LumenShop book light broke on day two. The light is lovely, the plastic is not.",
        thanks="New clip arrived and feels sturdier. Thanks!",
    ),
    Complaint(
        author="newsdesk_nell", kind="press",
        text="@LumenShop we are preparing a piece on battery returns at lamp retailers. Who can comment by tomorrow noon?",
        thanks="Thanks, I've written to that address.",
        waiting="@LumenShop deadline is in two hours. Shall I write that you did not comment?",
    ),
    Complaint(
        author="felix_funkt", kind="app", lang="de",
        text="@LumenShop die App verlangt seit heute meinen Standort, um eine Schreibtischlampe einzuschalten. Wozu?",
        thanks="Gut zu wissen, dass man es abschalten kann.",
    ),
    Complaint(
        author="ama_reads", kind="refund",
        text="Your chat promised me a voucher for the late delivery, now nobody can find the chat. I have a screenshot, @LumenShop.",
        thanks="Voucher works. Thank you for sorting it.",
        waiting="@LumenShop the screenshot hasn't gone anywhere. Neither have I.",
    ),
    Complaint(
        author="quietharbour", kind="praise",
        text="Small thing, but the handwritten note in my parcel from @LumenShop made my mother smile for a whole day.",
    ),
    Complaint(
        author="haruto_lights", kind="product",
        text="@LumenShop colour temperature of the Arc strip is nowhere near 2700 K. Measured 3450. Is there a bad batch?",
        thanks="Batch number sent. Good that you check.",
    ),
    Complaint(
        author="mia_travels", kind="billing",
        text="Why does the @LumenShop checkout add “protection plus” by itself? I nearly paid 14 euros for nothing.",
        thanks="Good to hear it's being changed.",
        waiting="Still in the basket by default, @LumenShop. I just checked.",
    ),
    Complaint(
        author="dadjokes_dan", kind="sarcasm",
        text="Love how the @LumenShop smart bulb updates itself at 3 am at full brightness. Very restful. Ten out of ten moths agree.",
        thanks="Night mode found. The moths are disappointed.",
    ),
    Complaint(
        author="theo_bakes", kind="delivery",
        text="Courier left my glass lampshade in the rain behind the bins @LumenShop. The box is soup now.",
        thanks="Replacement is booked, thanks.",
        waiting="@LumenShop the soup is getting cold. Any answer?",
    ),
    Complaint(
        author="lucie_lit", kind="product", lang="fr",
        text="Le variateur de ma lampe Halo bourdonne dès que je baisse la lumière. @LumenShop, c'est normal ?",
        thanks="D'accord, je vous envoie la référence.",
    ),
    Complaint(
        author="priya_codes", kind="privacy",
        text="@LumenShop I got an order confirmation with somebody else's name, street and phone number in it. You should look into that now.",
        thanks="I've deleted the mail as you asked.",
        waiting="@LumenShop this is a stranger's address in my inbox. Hello?",
    ),
    Complaint(
        author="oldmanfern", kind="staff",
        text="The young man in your market square shop carried the floor lamp to my bus stop. Please thank him, @LumenShop.",
        thanks="Good. He deserves it.",
    ),
    Complaint(
        author="kwame_films", kind="billing",
        text="Invoice from @LumenShop says net 30, reminder came after 9 days with a fee. Please pick one.",
        thanks="Fee removed, thanks.",
    ),
    Complaint(
        author="zoe_and_dogs", kind="safety",
        text="My dog chewed the cable of a @LumenShop garden light and got a tickle of current. He's fine. But isn't 12 V meant to be safe?",
        thanks="Vet says all good. I'll send you the transformer for a check.",
        waiting="@LumenShop is it safe to plug the rest back in or not?",
    ),
    Complaint(
        author="rosa_madrid", kind="question", lang="es",
        text="@LumenShop ¿la lámpara Orbit se puede recoger hoy en la tienda del centro?",
        thanks="Perfecto, paso esta tarde.",
    ),
    Complaint(
        author="grete_garten", kind="refund", lang="de",
        text="Rücksendung vor 20 Tagen angekommen, Geld noch nicht. @LumenShop, wie lange soll das noch dauern?",
        thanks="Ist gebucht. Danke für die schnelle Hilfe.",
        waiting="@LumenShop Tag 24.",
    ),
    Complaint(
        author="nightowl_sue", kind="app",
        text="The sleep timer in the @LumenShop app counts in some other time zone. My light goes out at 4 in the afternoon.",
        thanks="Setting the home fixed it, cheers.",
    ),
    Complaint(
        author="petes_garage", kind="product",
        text="Work light from @LumenShop rated for 8 hours. Mine does two and a bit. Is that in dog hours?",
        thanks="New battery pack does 7:40. Close enough!",
        waiting="Down to ninety minutes, @LumenShop.",
    ),
    Complaint(
        author="haruto_lights", kind="question",
        text="@LumenShop will the Arc strip controller get support for the new home standard, or should I buy the other one?",
    ),
    Complaint(
        author="ama_reads", kind="delivery",
        text="@LumenShop your mail says Tuesday, the courier says Friday, the app says “yesterday”. Which of you is lying to me?",
        thanks="Friday it is then. Thanks for finding out.",
        waiting="It is Friday, @LumenShop. Guess.",
    ),
    Complaint(
        author="felix_funkt", kind="praise", lang="de",
        text="Ersatzteil für eine zehn Jahre alte Lampe bestellt, drei Tage später war es da. @LumenShop, so geht das!",
    ),
    Complaint(
        author="tinytowers", kind="billing",
        text="@LumenShop the student discount vanished between basket and payment. It's 6 pounds but it's my 6 pounds.",
        thanks="Six pounds back. You're the best.",
    ),
    Complaint(
        author="jonas_liest", kind="app", lang="de",
        text="Kann mich in der App nicht mehr anmelden, die Mail zum Zurücksetzen kommt nie an. @LumenShop",
        thanks="War im Spam. Peinlich. Danke!",
        waiting="@LumenShop immer noch ausgesperrt, die Lampe leuchtet seit gestern grün.",
    ),
    Complaint(
        author="consumer_hawk", kind="legal",
        text="@LumenShop two readers were told the legal guarantee ends after one year. It does not. My lawyer would like a word, and so would I.",
        thanks="Correction noted. We will publish it.",
        waiting="@LumenShop silence is an answer too.",
    ),
    Complaint(
        author="quietharbour", kind="product",
        text="The @LumenShop night light for kids blinks when it is charging. Our kid now thinks it is a fire engine and will not sleep.",
        thanks="Tape over the LED. Genius. Thank you.",
    ),
    Complaint(
        author="newsdesk_nell", kind="question",
        text="Is it true that @LumenShop closes the harbour street shop in spring? Asking as a neighbour, not as a journalist.",
    ),
)  # fmt: skip

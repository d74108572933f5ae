package classify

// The words by which names are read.
var (
	passwordWords = set(`password passwords passwd pass pwd pw psw pswd passphrase passcode passwort kennwort senha contrasena
		mdp parola clave haslo wachtwoord passw userpassword pword psswd`)
	passNot = set(`ask by com tres sur en encom under over low high band all multi single two one render shader depth gcc opt
		pre post`)
	secretWords = set(`secret secrets token tokens credential credentials cred creds apikey apikeys nkey pat authkey signingkey
		authtoken bearer jwt verifier otp totp hotp`)
	keyMakers = set(`api access secret secure private priv auth authentication authorization oauth encryption encrypt decryption
		crypt crypto cipher signing sign signature master account storage shared app application consumer client service license
		licence subscription validation hmac jwt aes des rsa ssh tls ssl admin deploy deployment write read ingest ingestion server
		webhook instrumentation user session cookie rails django flask symfony google aws azure gcp stripe twilio sendgrid mailgun
		github gitlab slack telegram bot partner merchant product project team developer dev prod live sandbox test rest sdk
		integration tenant host recaptcha captcha routing sas bus queue hub iot device wifi psk preshared wep network
		applicationkey pre tsig xtea data passwd vault unseal recovery root datadog newrelic openai anthropic maps map geocoding
		weather`)
	saltMakers = set(`auth secure secret logged in`)
	keyNot     = set(`monkey turkey donkey hockey jockey hotkey whiskey mickey`)
	// weakWords announce a credential in some programs and anything else in
	// others: only what a generator made is believed.
	weakWords = set(`auth authorization authentication code pin seed authenticity csrf xsrf sessionid session cookie sid license
		licence serial psk passkey dsn`)
	identifierWords = set(`id ids uuid guid kid salt iv nonce username user login account email clientid appid userid keyid
		tenant arn bucket fingerprint thumbprint checksum digest sha hash hashes integrity etag`)
	// denials, behind the telling word, make it the name of something that
	// belongs to a credential.
	denials = set(`name names type types field fields label labels path paths dir directory folder file files filename url uri
		urls link endpoint host port length len size count min max minimum maximum hint hints policy policies rule rules regex
		regexp pattern format column columns col header headers param params parameter parameters prefix suffix title text message
		messages msg error errors err exception placeholder description desc help enabled disabled enable disable required optional
		expiry expires expire expiration expired ttl timeout age date time at created updated alg algorithm algo method version ref
		reference scope scopes index class provider service manager handler factory store storage cache map mapping list array
		input box form page view screen button dialog modal icon tab reset change changed generator validator validation strength
		attempts retry retries rotation grant flow request mode kind source location usage limit bytes bits issuer audience region
		template callback event action command function func attr attribute attributes property properties option options flag
		status state exists valid invalid missing found used unused encoder decoder encoding parser lexer stream buffer pos
		position offset line node kwd keyword word words code codes interval period lifetime validity renewal delay frequency
		schedule entropy complexity history visible visibility masked hidden show toggle wallet vault engine backend plugin module
		package import export exports spec schema model entity record table row query sql filter exchange verification verify
		checker check compare match cipher wrapper helper util utils suite holder owner server client context config configuration
		settings setting strategy order sort weight constant const variable var env environ alias caption tooltip tip example
		sample examples doc docs info information details metadata meta summary section bundle mismatch incorrect wrong
		blank empty signing endpoints escape escaped callbacks sequence seq range counter total char chars character characters
		symbol symbols letters digits case review last eight four`)
	// neutral words, behind the telling one, say which of several it is.
	neutral = set(`value val default old new current previous prev next first second last test prod production dev development
		staging stage local live sandbox string str raw plain base encoded hex data here main admin root user db confirm
		confirmation again repeat primary secondary one two three a b c x y z sys system app master slave replica readonly ro rw
		read write internal external eu us my const env en plaintext cleartext cleartxt hash literal payload bytes body content for
		of in to and or`)
	// adverse words, before the telling one, make it another thing.
	adverse = set(`next continuation pagination cancellation lex lexer lexical syntax parse parser separator keyword whitespace
		cancel css design eof stop start end open close label title caption heading hint msg message text error lbl txt i18n
		translation translated`)
	// hashers, before the telling one, say that the value is not what opens but
	// what is made of it.
	hashers = set(`encrypted hashed hash sha md bcrypt crypt crypted argon scrypt pbkdf htpasswd`)
	// keyNots, before key, make it another thing than one that opens.
	keyNots = set(`foreign partition sort cache row index map dict translation i18n message event object shift ctrl control alt
		meta arrow enter escape tab delete backspace hot function field config option registry item list group unique candidate
		composite natural surrogate lookup route host known string current color theme reserve primary idempotency dedup sub super
		parent child tree column table attribute attr property param metadata etag storage s3 bucket file path json yaml xml recv
		trusted gpg pgp import`)
	// switches, at the head of a name, make it a question about a credential.
	switches = set(`is has have no not min max show hide toggle require requires should can need needs forgot missing`)
)

module github.com/sluice-sec/sluice

go 1.25.0

require (
	github.com/BurntSushi/toml v1.6.0
	github.com/google/go-containerregistry v0.22.1
)

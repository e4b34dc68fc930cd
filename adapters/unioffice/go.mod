module nianbao-unioffice

go 1.26

require github.com/unidoc/unioffice v1.4.0

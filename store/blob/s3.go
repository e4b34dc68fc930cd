package blob

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// bucket keeps blobs as objects of S3. An object is there whole or not at all.
type bucket struct {
	ctx    context.Context // of the program: requests end with it
	client *minio.Client
	name   string
	prefix string
}

// amazon is the endpoint where none is named.
const amazon = "https://s3.amazonaws.com"

// openS3 opens s3://bucket/prefix. The bucket must exist. Endpoint, region and
// keys come from the environment and the files that the AWS tools use.
func openS3(ctx context.Context, where string) (*bucket, error) {
	u, err := url.Parse(where)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("%q must look like s3://bucket/prefix", where)
	}
	endpoint := cmp.Or(os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), amazon)
	e, err := url.Parse(endpoint)
	if err != nil || e.Host == "" || e.Scheme != "http" && e.Scheme != "https" || strings.Trim(e.Path, "/") != "" {
		return nil, fmt.Errorf("AWS_ENDPOINT_URL is %q; it must look like https://host:port", endpoint)
	}
	keys := credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{}, &credentials.FileAWSCredentials{},
	})
	// A chain that finds nothing gives empty keys, and requests would go unsigned.
	if v, err := keys.GetWithContext(&credentials.CredContext{Client: http.DefaultClient}); err != nil {
		return nil, fmt.Errorf("find the keys for S3: %w", err)
	} else if v.AccessKeyID == "" {
		return nil, errors.New("there are no keys for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
	}
	client, err := minio.New(e.Host, &minio.Options{
		Creds:      keys,
		Secure:     e.Scheme == "https",
		Region:     cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")),
		MaxRetries: 5,
	})
	if err != nil {
		return nil, err
	}
	b := &bucket{ctx: ctx, client: client, name: u.Host, prefix: strings.Trim(u.Path, "/")}
	there, err := client.BucketExists(ctx, b.name)
	if err != nil {
		return nil, fmt.Errorf("look for bucket %s at %s: %w", b.name, e.Host, err)
	}
	if !there {
		return nil, fmt.Errorf("there is no bucket %s at %s: make it first", b.name, e.Host)
	}
	return b, nil
}

func (b *bucket) object(key string) string { return path.Join(b.prefix, key) }

func (b *bucket) get(key string) (_ []byte, err error) {
	o, err := b.client.GetObject(b.ctx, b.name, b.object(key), minio.GetObjectOptions{})
	if err == nil {
		defer func() { err = errors.Join(err, o.Close()) }()
		var data []byte
		if data, err = io.ReadAll(o); err == nil {
			return data, nil
		}
	}
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, fs.ErrNotExist
	}
	return nil, err
}

func (b *bucket) put(key string, content func() []byte) error {
	_, err := b.client.StatObject(b.ctx, b.name, b.object(key), minio.StatObjectOptions{})
	if err == nil {
		return nil
	}
	if minio.ToErrorResponse(err).Code != minio.NoSuchKey {
		return err
	}
	data := content()
	// With the MD5 of the content, which is signed, the server refuses what was
	// changed on its way. Signing piece by piece as well would send empty content
	// without a length, which servers refuse.
	_, err = b.client.PutObject(b.ctx, b.name, b.object(key), bytes.NewReader(data), int64(len(data)),
		minio.PutObjectOptions{SendContentMd5: true, DisableContentSha256: true, DisableMultipart: true})
	return err
}

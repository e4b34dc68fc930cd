package blob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// server returns a client of an S3 server, and sets the environment to it: the
// one that NIANBAO_TEST_S3 names (http://host:port, with the keys in the
// environment), else one that is started here.
func server(t *testing.T) *minio.Client {
	t.Helper()
	address := os.Getenv("NIANBAO_TEST_S3")
	if address == "" {
		s := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
		t.Cleanup(s.Close)
		address = s.URL
		t.Setenv("AWS_ACCESS_KEY_ID", "key")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
		t.Setenv("AWS_SESSION_TOKEN", "")
	}
	t.Setenv("AWS_ENDPOINT_URL_S3", "")
	t.Setenv("AWS_ENDPOINT_URL", address)
	t.Setenv("AWS_REGION", cmp.Or(os.Getenv("AWS_REGION"), "us-east-1"))
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	c, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewEnvAWS(), Secure: u.Scheme == "https"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestS3(t *testing.T) {
	client := server(t)
	n := 0
	conformance(t, func(t *testing.T) ground {
		n++
		bucket := fmt.Sprintf("nianbao-test-%d-%d", os.Getpid(), n)
		if err := client.MakeBucket(t.Context(), bucket, minio.MakeBucketOptions{}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { remove(t, client, bucket) })
		const prefix = "some/prefix/"
		return ground{
			where: "s3://" + bucket + "/" + prefix,
			keys: func(t *testing.T) (keys []string) {
				for o := range client.ListObjects(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true}) {
					if o.Err != nil {
						t.Fatal(o.Err)
					}
					keys = append(keys, strings.TrimPrefix(o.Key, prefix))
				}
				return keys
			},
			write: func(t *testing.T, key, content string) {
				if _, err := client.PutObject(t.Context(), bucket, prefix+key, strings.NewReader(content), int64(len(content)), minio.PutObjectOptions{}); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

// remove removes a bucket with what lies in it.
func remove(t *testing.T, client *minio.Client, bucket string) {
	ctx := context.Background() // that of the test has ended
	for o := range client.ListObjects(ctx, bucket, minio.ListObjectsOptions{Recursive: true}) {
		if err := errors.Join(o.Err, client.RemoveObject(ctx, bucket, o.Key, minio.RemoveObjectOptions{})); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.RemoveBucket(ctx, bucket); err != nil {
		t.Error(err)
	}
}

// What is wrong is told when the place is opened.
func TestS3Refusals(t *testing.T) {
	client := server(t)
	open := func(where string) error {
		s, err := Open(t.Context(), where)
		if err == nil {
			s.Close()
		}
		return err
	}
	says := func(what, part string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: error %v, want one with %q", what, err, part)
		}
	}
	says("no bucket of this name", "make it first", open("s3://nianbao-test-nowhere/a"))
	says("no bucket", "s3://bucket/prefix", open("s3:///a"))
	says("a query", "s3://bucket/prefix", open("s3://a/b?c"))

	if err := client.MakeBucket(t.Context(), "nianbao-test-there", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(t, client, "nianbao-test-there") })
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Open(ctx, "s3://nianbao-test-there")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	cancel()
	if _, err := s.PutOriginal([]byte("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("storing after the program was stopped: error %v", err)
	}

	t.Setenv("AWS_ENDPOINT_URL", "localhost:9000")
	says("an endpoint without a scheme", "AWS_ENDPOINT_URL", open("s3://a"))
	t.Setenv("AWS_ENDPOINT_URL", "")
	for _, k := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY", "AWS_SECRET_KEY"} {
		t.Setenv(k, "")
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	says("no keys", "AWS_ACCESS_KEY_ID", open("s3://a"))
}

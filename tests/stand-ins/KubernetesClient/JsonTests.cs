using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace FedOperator.KubernetesClient.Tests;

public sealed class JsonTests
{
    [Theory]
    [InlineData("2026-03-04T05:06:07Z", "2026-03-04T05:06:07Z")]
    [InlineData("2026-03-04T05:06:07.120000Z", "2026-03-04T05:06:07.120000Z")]
    [InlineData("2026-03-04T05:06:07.123456789Z", "2026-03-04T05:06:07.123456Z")]
    [InlineData("2026-03-04T07:06:07.5+02:00", "2026-03-04T05:06:07.500000Z")]
    public void Times_are_written_in_UTC_with_six_digits_or_none(string read, string written)
    {
        var lease = KubernetesJson.Deserialize<V1LeaseSpec>($$"""{"renewTime":"{{read}}"}""");
        Assert.Equal(DateTimeKind.Utc, lease.RenewTime!.Value.Kind);
        Assert.Equal($$"""{"renewTime":"{{written}}"}""", KubernetesJson.Serialize(lease));
    }

    [Fact]
    public void A_time_that_is_none_is_refused() => Assert.Throws<FormatException>(() => KubernetesJson.Deserialize<V1LeaseSpec>("""{"renewTime":"2026-03-04"}"""));

    [Theory]
    [InlineData("0.5", "500m")]
    [InlineData("1500m", "1500m")]
    [InlineData("2000m", "2")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1000Mi", "1000Mi")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("1000", "1k")]
    [InlineData("512Ki", "512Ki")]
    [InlineData("1000Ki", "1000Ki")]
    [InlineData("0.1Ki", "102400m")]
    [InlineData("1e3", "1e3")]
    [InlineData("12345678901234567890Ei", "9223372036854775807")]
    [InlineData("0Gi", "0")]
    [InlineData("-1500m", "-1500m")]
    public void Quantities_are_written_in_canonical_form(string read, string written)
    {
        Assert.Equal(written, new ResourceQuantity(read).ToString());
        Assert.Equal(new ResourceQuantity(read), new ResourceQuantity(written));
    }

    [Fact]
    public void What_is_finer_than_a_billionth_is_rounded_up() => Assert.Equal("1n", new ResourceQuantity("0.0000000001").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("ten")]
    [InlineData("5Zi")]
    public void A_quantity_that_is_none_is_refused(string text) => Assert.ThrowsAny<Exception>(() => new ResourceQuantity(text));

    [Fact]
    public void Nulls_are_left_out_and_ports_are_numbers_or_names()
    {
        var probe = new V1Probe { HttpGet = new V1HTTPGetAction { Path = "/healthz", Port = 8080 } };
        Assert.Equal("""{"httpGet":{"path":"/healthz","port":8080}}""", KubernetesJson.Serialize(probe));
        Assert.Equal("metrics", KubernetesJson.Deserialize<V1HTTPGetAction>("""{"port":"metrics"}""").Port.ToString());
    }

    [Fact]
    public void A_patch_is_its_content()
    {
        Assert.Equal("""{"a":1}""", KubernetesJson.Serialize(new V1Patch("""{"a":1}""", V1Patch.PatchType.MergePatch)));
        Assert.Equal("""{"metadata":{"name":"x"}}""", KubernetesJson.Serialize(new V1Patch(new V1Secret { Metadata = new V1ObjectMeta { Name = "x" } }, V1Patch.PatchType.MergePatch)));
        Assert.Throws<ArgumentException>(() => new V1Patch("{}", V1Patch.PatchType.Unknown));
    }

    [Fact]
    public void A_pod_template_can_be_read_strictly()
    {
        var strict = new JsonSerializerOptions(new KubernetesClientConfiguration().JsonSerializerOptions) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };
        var template = JsonNode.Parse("""
            {"metadata": {"labels": {"a": "b"}},
             "spec": {"nodeSelector": {"gpu": "yes"}, "runtimeClassName": "nvidia", "schedulingGroup": {"podGroupName": "g"}, "tolerations": [{"key": "k", "operator": "Exists", "tolerationSeconds": 5}],
                      "containers": [{"name": "trainer", "resources": {"limits": {"nvidia.com/gpu": 1}}, "volumeMounts": [{"name": "d", "mountPath": "/d", "readOnly": true, "recursiveReadOnly": "IfPossible"}]}],
                      "volumes": [{"name": "d", "ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"], "volumeAttributesClassName": "fast"}}}}]}}
            """);
        var read = KubernetesJson.Deserialize<V1PodTemplateSpec>(template, strict);
        Assert.Equal("1", read.Spec.Containers[0].Resources.Limits["nvidia.com/gpu"].ToString());
        Assert.Equal("Exists", read.Spec.Tolerations[0].OperatorProperty);
        template!["spec"]!["containers"]![0]!["imagePullPolice"] = "Always";
        Assert.Contains("imagePullPolice", Assert.Throws<JsonException>(() => KubernetesJson.Deserialize<V1PodTemplateSpec>(template, strict)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deletion_that_is_answered_with_the_object_keeps_it()
    {
        var status = KubernetesJson.Deserialize<V1Status>("""{"kind":"Pod","metadata":{"name":"p"},"status":{"phase":"Running"}}""");
        Assert.True(status.HasObject);
        Assert.Equal("Running", status.ObjectView<V1Pod>().Status.Phase);
        Assert.Equal("Gone - too old", KubernetesJson.Deserialize<V1Status>("""{"kind":"Status","code":410,"reason":"Gone","message":"too old"}""").ToString());
    }
}

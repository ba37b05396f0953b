using System.Text.Json.Serialization;

namespace FedOperator.Core.Ledger;

/// <summary>Why the tensors of an update do not count. As in cut.json.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UpdateFault>))]
public enum UpdateFault
{
    /// <summary>The report names a blob that is not there.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,

    /// <summary>The blob is shorter than the report says, or than its header needs.</summary>
    [JsonStringEnumMemberName("truncated")]
    Truncated,

    /// <summary>Not a safetensors file of exactly the tensors, types and shapes that model.json implies.</summary>
    [JsonStringEnumMemberName("misshapen")]
    Misshapen,

    /// <summary>The content does not have the SHA-256 of its name.</summary>
    [JsonStringEnumMemberName("hashMismatch")]
    HashMismatch,

    /// <summary>The blob was replaced while it was checked.</summary>
    [JsonStringEnumMemberName("changed")]
    Changed,

    /// <summary>NaN or infinity in a tensor.</summary>
    [JsonStringEnumMemberName("nonFinite")]
    NonFinite,

    /// <summary>Values that no training gives: moments of no samples, a negative M2, magnitudes beyond the model's element type.</summary>
    [JsonStringEnumMemberName("implausible")]
    Implausible,
}

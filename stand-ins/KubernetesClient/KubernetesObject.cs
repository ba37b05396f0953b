using System.Text.Json.Serialization;
using k8s.Models;

namespace k8s
{
    /// <summary>Any Kubernetes object.</summary>
    public interface IKubernetesObject
    {
        /// <summary>`v1`, `GROUP/VERSION`.</summary>
        [JsonPropertyName("apiVersion")]
        string ApiVersion { get; set; }

        /// <summary>Its kind.</summary>
        [JsonPropertyName("kind")]
        string Kind { get; set; }
    }

    /// <summary>What any Kubernetes object says of itself.</summary>
    public class KubernetesObject : IKubernetesObject
    {
        /// <inheritdoc/>
        [JsonPropertyName("apiVersion")]
        public string ApiVersion { get; set; }

        /// <inheritdoc/>
        [JsonPropertyName("kind")]
        public string Kind { get; set; }
    }

    /// <summary>A Kubernetes object with metadata.</summary>
    public interface IKubernetesObject<TMetadata> : IKubernetesObject, IMetadata<TMetadata>;
}

namespace k8s.Models
{
    /// <summary>What has metadata.</summary>
    public interface IMetadata<T>
    {
        /// <summary>The metadata.</summary>
        [JsonPropertyName("metadata")]
        T Metadata { get; set; }
    }

    /// <summary>A list of objects.</summary>
    public interface IItems<T>
    {
        /// <summary>The objects.</summary>
        [JsonPropertyName("items")]
        IList<T> Items { get; set; }
    }

    /// <summary>Group, version, kind and plural of a type.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class KubernetesEntityAttribute : Attribute
    {
        /// <summary>Its kind.</summary>
        public string Kind { get; set; }

        /// <summary>Its group; empty for the core group.</summary>
        public string Group { get; set; }

        /// <summary>Its version.</summary>
        public string ApiVersion { get; set; }

        /// <summary>Its plural name.</summary>
        public string PluralName { get; set; }
    }
}

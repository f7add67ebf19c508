//! The price list's GetProducts, for on-demand instances under Linux in the emulator's region.
//! See <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html>.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Market,
    front::{json_reply::JsonReply, page::page},
    services::price_list_entry::entries,
};

const MOST_RECORDS: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetProducts {
    service_code: String,
    #[serde(default)]
    filters: Vec<Filter>,
    next_token: Option<String>,
    max_results: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    r#type: String,
    field: String,
    value: String,
}

impl Filter {
    fn matches(&self, entry: &Value) -> bool {
        entry["product"]["attributes"][self.field.as_str()] == self.value.as_str()
    }
}

pub(crate) fn get_products(market: &Market, body: &[u8]) -> JsonReply {
    let refuse = |message: &str| {
        JsonReply::error(
            StatusCode::BAD_REQUEST,
            "InvalidParameterException",
            message,
        )
    };
    let request: GetProducts = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(error) => return refuse(&error.to_string()),
    };
    if request.service_code != "AmazonEC2" {
        return refuse("Only AmazonEC2 has prices here.");
    }
    if request.filters.iter().any(|by| by.r#type != "TERM_MATCH") {
        return refuse("Only filters of the type TERM_MATCH are known here.");
    }
    let state = market.state();
    let mut types = request
        .filters
        .iter()
        .filter(|by| by.field == "instanceType");
    if types.any(|by| state.is_unlisted(&by.value)) {
        return JsonReply::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalErrorException",
            "An error on the server occurred during the processing of your request.",
        );
    }
    // An entry is JSON within a string.
    let products: Vec<String> = state
        .on_demand_prices
        .iter()
        .flat_map(|(instance_type, usd)| entries(instance_type, *usd))
        .filter(|entry| request.filters.iter().all(|by| by.matches(entry)))
        .map(|entry| entry.to_string())
        .collect();
    let size = state.page_size(request.max_results, MOST_RECORDS);
    let token = request.next_token.filter(|token| !token.is_empty());
    let Some(page) = page(&products, token.as_deref(), size) else {
        return JsonReply::error(
            StatusCode::BAD_REQUEST,
            "InvalidNextTokenException",
            "The pagination token is invalid.",
        );
    };
    let mut reply = json!({ "FormatVersion": "aws_v1", "PriceList": page.records });
    if let Some(token) = page.next_token {
        reply["NextToken"] = token.into();
    }
    JsonReply::success(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn market() -> Market {
        let market = Market::default();
        market.set_on_demand_price("g4dn.xlarge", "0.526".parse().unwrap());
        market.set_on_demand_price("g5.xlarge", "1.006".parse().unwrap());
        market
    }

    fn ask(market: &Market, filters: &[(&str, &str)], token: Option<&str>) -> JsonReply {
        let filters: Vec<_> = filters
            .iter()
            .map(|(field, value)| json!({ "Type": "TERM_MATCH", "Field": field, "Value": value }))
            .collect();
        let body = json!({
            "ServiceCode": "AmazonEC2", "Filters": filters, "NextToken": token,
        });
        get_products(market, body.to_string().as_bytes())
    }

    fn prices(reply: &JsonReply) -> Vec<String> {
        let list = reply.body["PriceList"].as_array().unwrap();
        list.iter()
            .map(|entry| {
                let entry: Value = serde_json::from_str(entry.as_str().unwrap()).unwrap();
                let terms = entry["terms"]["OnDemand"].as_object().unwrap();
                let term = terms.values().next().unwrap();
                let dimensions = term["priceDimensions"].as_object().unwrap();
                let price = &dimensions.values().next().unwrap()["pricePerUnit"]["USD"];
                price.as_str().unwrap().to_owned()
            })
            .collect()
    }

    #[test]
    fn filters_pick_one_product() {
        let filters = [
            ("instanceType", "g4dn.xlarge"),
            ("regionCode", "us-east-1"),
            ("tenancy", "Shared"),
            ("capacitystatus", "Used"),
        ];
        let reply = ask(&market(), &filters, None);
        assert_eq!(prices(&reply), ["0.5260000000"]);
        assert_eq!(reply.body.get("NextToken"), None);
    }

    #[test]
    fn without_filters_there_are_more_products() {
        let prices = prices(&ask(&market(), &[("instanceType", "g4dn.xlarge")], None));
        assert_eq!(prices, ["0.5260000000", "0.0000000000", "1.0520000000"]);
    }

    #[test]
    fn what_is_not_listed_has_no_price() {
        for filter in [("instanceType", "x1.nothing"), ("regionCode", "eu-west-1")] {
            assert!(prices(&ask(&market(), &[filter], None)).is_empty());
        }
    }

    #[test]
    fn pages_follow_each_other_by_token() {
        let market = market();
        market.set_page_size(4);
        let first = ask(&market, &[], None);
        assert_eq!(prices(&first).len(), 4);
        let second = ask(&market, &[], first.body["NextToken"].as_str());
        assert_eq!(prices(&second).len(), 2);
        assert_eq!(second.body.get("NextToken"), None);
    }

    #[test]
    fn a_type_whose_price_cannot_be_had_fails_the_call() {
        let market = market();
        market.fail_price_list("g5.xlarge");
        let reply = ask(&market, &[("instanceType", "g5.xlarge")], None);
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        let reply = ask(&market, &[("instanceType", "g4dn.xlarge")], None);
        assert_eq!(reply.status, StatusCode::OK);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for body in [
            r#"{}"#,
            r#"{"ServiceCode":"AmazonS3"}"#,
            r#"{"ServiceCode":"AmazonEC2","Filters":[{"Type":"NONE_OF","Field":"a","Value":"b"}]}"#,
            r#"{"ServiceCode":"AmazonEC2","NextToken":"next"}"#,
        ] {
            let reply = get_products(&market(), body.as_bytes());
            assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{body}");
        }
    }
}
